package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random streams of levels through watches of several processes over one store, some of which die or fail while they tell
 * or act. A failing history names its seed.
 */
class LevelWatchHistoriesTest {
    private static final int HISTORIES = 100;
    private static final int EVENTS = 300;
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final double ACT = 50;
    private static final double ALERT = 100;
    private static final double OVER = 102;
    private static final double STOP = 110;

    /** The warnings of what fails on purpose here would hide those that matter. */
    private final List<Logger> warnings = List.of(
            Logger.getLogger(LevelWatch.class.getName()),
            Logger.getLogger(ActionLane.class.getName()),
            Logger.getLogger(Holding.class.getName()),
            Logger.getLogger(Gate.class.getName()));

    @BeforeEach
    void hideWarnings() {
        warnings.forEach(logger -> logger.setLevel(java.util.logging.Level.OFF));
    }

    @AfterEach
    void showWarnings() {
        warnings.forEach(logger -> logger.setLevel(null));
    }

    @Test
    @DisplayName("one message per window, zone and arming; nothing by an unknown level; no two runs; nothing untold")
    void randomStreams() {
        int told = 0;
        int acted = 0;
        int died = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            history.play();
            told += history.tellings.size();
            acted += history.acted;
            died += history.died;
        }
        assertThat(List.of(told, acted, died)).as("all of it happened, often").allMatch(times -> times > HISTORIES);
    }

    /** What ends a process in the middle of something. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    /** The store as a process sees it until it dies. */
    private static final class Lifeline extends Around {
        private boolean dead;

        Lifeline(Store inner) {
            super(inner);
        }

        @Override
        public CompletionStage<Outcome> apply(Command command) {
            return dead ? CompletableFuture.failedFuture(new StoreException("dead")) : inner().apply(command);
        }

        @Override
        public void close() {
            dead = true;
        }
    }

    private static final class History {
        private final int seed;
        private final RandomGenerator random;
        private final HandClock clock = new HandClock();
        private final MemoryStore store = new MemoryStore(1_000, clock);
        private final Zones zones = Zones.below()
                .zone("act", ACT)
                .zone("alert", ALERT)
                .recover("alert", OVER)
                .build();
        private final boolean rearms;
        private final List<Node> processes = new ArrayList<>();
        private final List<String> tellings = new ArrayList<>();
        private final Model act = new Model(ACT);
        private final Model alert = new Model(OVER);
        private Level now = Level.of(OVER);
        private boolean running;
        private long fence;
        private int acted;
        private int died;

        History(int seed) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            rearms = random.nextBoolean();
            processes.add(new Node());
            processes.add(new Node());
        }

        void play() {
            for (int event = 0; event < EVENTS; event++) {
                clock.set(Duration.between(HandClock.START, clock.instant()).plusMillis(pause()));
                now = level();
                int who = random.nextInt(processes.size());
                if (!processes.get(who).hears(now)) {
                    died++;
                    processes.set(who, new Node());
                }
            }
        }

        private long pause() {
            return switch (random.nextInt(6)) {
                case 0 -> random.nextLong(WINDOW.toMillis() * 2);
                case 1 -> LEASE.toMillis() + random.nextInt(-1, 2);
                case 2 -> WINDOW.toMillis() + random.nextInt(-1, 2);
                default -> random.nextLong(2_000);
            };
        }

        private Level level() {
            return switch (random.nextInt(8)) {
                case 0 -> Level.parse(List.of("", "abc", "nan", "-inf", "1e999").get(random.nextInt(5)));
                case 1 -> Level.of(List.of(ACT, ALERT, OVER, STOP).get(random.nextInt(4)));
                case 2 -> Level.of(OVER + random.nextDouble() * 20);
                case 3 -> Level.of(random.nextDouble() * ACT);
                default -> Level.of(random.nextDouble() * 120);
            };
        }

        private Model model(String zone) {
            return zone.equals("act") ? act : alert;
        }

        private boolean bad(double boundary) {
            return now instanceof Level.Known known && known.value() < boundary;
        }

        private void tell(LevelWatch.Occurrence occurrence) throws IOException {
            int fate = random.nextInt(8);
            if (fate < 2) {
                model(occurrence.zone()).failed();
                fail(fate);
            }
            String at = "seed " + seed + ": " + occurrence.zone() + " at " + clock.instant() + " by " + now;
            assertThat(now).as(at).isEqualTo(occurrence.level());
            assertThat(bad(occurrence.zone().equals("act") ? ACT : ALERT))
                    .as(at)
                    .isTrue();
            model(occurrence.zone()).tell(at, clock);
            tellings.add(at);
        }

        private static void fail(int fate) throws IOException {
            if (fate == 0) {
                throw new IOException("no route to host");
            } else if (fate == 1) {
                throw new Death();
            }
        }

        private boolean step(LevelWatch.Act act) throws IOException {
            String at = "seed " + seed + ": a step at " + clock.instant() + " by " + now;
            assertThat(running).as(at).isFalse();
            assertThat(now).as(at).isEqualTo(act.level());
            assertThat(bad(STOP)).as(at).isTrue();
            assertThat(act.holding().fence()).as(at).isGreaterThanOrEqualTo(fence);
            fence = act.holding().fence();
            acted++;
            running = true;
            try {
                Key key = Key.of("liquidation", act.subject());
                assertThat(processes.get(random.nextInt(2)).gate.offer(key).passes())
                        .as(at)
                        .isFalse();
                fail(random.nextInt(8));
                now = level();
                return random.nextInt(4) > 0;
            } finally {
                running = false;
            }
        }

        /** One node: when it dies, nothing that it had begun is settled. */
        private final class Node {
            private final Lifeline line = new Lifeline(store);
            private final Queue<Runnable> lane = new ArrayDeque<>();
            private final Gate gate = Gate.over(line)
                    .flow(
                            "margin-call",
                            zones,
                            Rule.allow("once per 10m")
                                    .lease(LEASE)
                                    .noBackoff()
                                    .onReset(rearms ? OnReset.REARM : OnReset.IGNORE)
                                    .build())
                    .flow("liquidation", Rule.allow("exclusive").lease(LEASE).build())
                    .manualTimer()
                    .build();
            private final LevelWatch watch = LevelWatch.over(gate, "margin-call", zones)
                    .tell("act", occurrence -> alive(() -> tell(occurrence)))
                    .tell("alert", occurrence -> alive(() -> tell(occurrence)))
                    .act("act", Boundary.at(STOP), "liquidation", subject -> now, act -> {
                        boolean[] more = new boolean[1];
                        alive(() -> more[0] = step(act));
                        return more[0];
                    })
                    .lane(lane::add)
                    .build();

            private void alive(Action<IOException> what) throws IOException {
                try {
                    what.run();
                } catch (Death e) {
                    line.dead = true;
                    throw e;
                }
            }

            /** @return false if it died of it */
            boolean hears(Level level) {
                try {
                    if (rearms) {
                        act.rearm(level);
                        alert.rearm(level);
                    }
                    LevelWatch.Reading reading = watch.check("live:42", level);
                    assertThat(reading.zone().equals("unknown")).isEqualTo(level instanceof Level.Unknown);
                    act.heard(reading, "act", clock);
                    alert.heard(reading, "alert", clock);
                    while (!lane.isEmpty()) {
                        lane.remove().run();
                    }
                } catch (Death e) {
                    return false;
                } catch (StoreException e) {
                    assertThat(line.dead).as("seed " + seed).isTrue();
                    return false;
                }
                return true;
            }
        }
    }

    /** What one zone must do: written from the promise, not from the engine. */
    private static final class Model {
        private final double over;
        private long mutedUntil = Long.MIN_VALUE;
        private long untoldSince = Long.MAX_VALUE;

        Model(double over) {
            this.over = over;
        }

        private static long millis(HandClock clock) {
            return clock.instant().toEpochMilli();
        }

        void tell(String at, HandClock clock) {
            assertThat(millis(clock)).as(at).isGreaterThanOrEqualTo(mutedUntil);
            mutedUntil = millis(clock) + WINDOW.toMillis();
            untoldSince = Long.MAX_VALUE;
        }

        void failed() {
            untoldSince = Long.MAX_VALUE;
        }

        void rearm(Level level) {
            if (level instanceof Level.Known known && known.value() >= over) {
                mutedUntil = Long.MIN_VALUE;
            }
        }

        void heard(LevelWatch.Reading reading, String zone, HandClock clock) {
            boolean owed = reading.verdict() instanceof Verdict.In in
                    && in.zone().equals(zone)
                    && millis(clock) >= mutedUntil
                    && reading.failure().isEmpty();
            if (owed) {
                untoldSince = Math.min(untoldSince, millis(clock));
                // Who died while telling keeps the others from it for one lease, and no longer.
                assertThat(millis(clock) - untoldSince).isLessThan(LEASE.toMillis());
            }
        }
    }
}
