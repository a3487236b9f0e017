package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done about a level: by one alone, only by a level that is known, until the level is at the stop. */
class LevelWatchActionTest {
    private static final String ACCOUNT = "live:42";
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Zones MARGIN =
            Zones.below().zone("act", 50).zone("alert", 100).build();

    /** The warnings of what fails on purpose here would hide those that matter. */
    private final List<Logger> warnings = List.of(
            Logger.getLogger(ActionLane.class.getName()),
            Logger.getLogger(Holding.class.getName()),
            Logger.getLogger(Gate.class.getName()));

    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final Queue<Runnable> lane = new ArrayDeque<>();
    private final Map<String, Level> levels = new ConcurrentHashMap<>();
    private final List<String> steps = new ArrayList<>();

    @BeforeEach
    void hideWarnings() {
        warnings.forEach(logger -> logger.setLevel(java.util.logging.Level.OFF));
    }

    @AfterEach
    void showWarnings() {
        warnings.forEach(logger -> logger.setLevel(null));
    }

    private Gate gate() {
        return Gate.over(shared.seen())
                .flow("margin-call", MARGIN, Rule.allow("once per 3h").build())
                .flow("liquidation", Rule.allow("exclusive").lease(LEASE).build())
                .ticks(clock)
                .manualTimer()
                .build();
    }

    private LevelWatch watch(Gate gate, Boundary stop, LevelWatch.ActionStep step) {
        return LevelWatch.over(gate, "margin-call", MARGIN)
                .act("act", stop, "liquidation", this::read, step)
                .lane(lane::add)
                .build();
    }

    private Level read(String subject) {
        return levels.getOrDefault(subject, Level.missing("no such account"));
    }

    private LevelWatch watch(LevelWatch.ActionStep step) {
        return watch(gate(), Boundary.at(100), step);
    }

    private LevelWatch.Reading tick(LevelWatch watch, double level) {
        levels.put(ACCOUNT, Level.of(level));
        return watch.check(ACCOUNT, Level.of(level));
    }

    private void runLane() {
        while (!lane.isEmpty()) {
            lane.remove().run();
        }
    }

    /** A step that closes one order, which raises the level. */
    private boolean close(LevelWatch.Act act, double then) {
        steps.add(act.level().value() + " fence " + (act.holding().fence() > 0));
        levels.put(act.subject(), Level.of(then));
        return true;
    }

    private List<Double> closedAt() {
        return steps.stream()
                .map(step -> Double.valueOf(step.substring(0, step.indexOf(' '))))
                .toList();
    }

    @Test
    @DisplayName("S1.10 begins below 50, reads the level before each step, and stops at 100")
    void stepsGoOnUntilTheStop() {
        LevelWatch watch = watch(act -> close(act, act.level().value() + 20));
        tick(watch, 45);
        assertThat(steps).as("nothing is done in the thread that checks").isEmpty();
        runLane();

        assertThat(closedAt()).containsExactly(45.0, 65.0, 85.0);
    }

    @ParameterizedTest(name = "S1.5 at {0} nothing is done")
    @ValueSource(doubles = {50, 50.01, 99.99, 100, 120})
    void outsideTheZoneNothingIsDone(double level) {
        LevelWatch watch = watch(act -> close(act, 100));
        tick(watch, level);
        assertThat(lane).isEmpty();
    }

    @Test
    void theLevelIsReadAgainBeforeTheFirstStep() {
        LevelWatch watch = watch(act -> close(act, 100));
        tick(watch, 45);
        levels.put(ACCOUNT, Level.of(60));
        runLane();

        assertThat(steps).as("60 is outside the zone by now").isEmpty();
    }

    @Test
    void theFirstStepNeedsTheZoneAlsoOnceTheKeyIsHeld() {
        Queue<Level> reads = new ArrayDeque<>(List.of(Level.of(45), Level.of(60)));
        LevelWatch watch = LevelWatch.over(gate(), "margin-call", MARGIN)
                .act("act", Boundary.at(100), "liquidation", subject -> reads.remove(), act -> close(act, 100))
                .lane(lane::add)
                .build();
        watch.check(ACCOUNT, Level.of(45));
        runLane();

        assertThat(reads).isEmpty();
        assertThat(steps).isEmpty();
    }

    @Test
    @DisplayName("S1.10 trigger and stop may be those of the subject")
    void aStopMayBeThatOfTheSubject() {
        LevelWatch watch = watch(gate(), Boundary.parse("stop"), act -> {
            steps.add(act.level().value() + " ");
            levels.put(act.subject(), act.level().with("stop", Level.of(60)));
            levels.computeIfPresent(
                    act.subject(),
                    (subject, level) -> new Level.Known(act.level().value() + 10, Map.of("stop", 60.0)));
            return true;
        });
        Level level = new Level.Known(45, Map.of("stop", 60.0));
        levels.put(ACCOUNT, level);
        watch.check(ACCOUNT, level);
        runLane();
        assertThat(closedAt()).containsExactly(45.0, 55.0);

        Level contradictory = new Level.Known(45, Map.of("stop", 10.0));
        levels.put(ACCOUNT, contradictory);
        watch.check(ACCOUNT, contradictory);
        runLane();
        assertThat(steps).as("a stop inside the zone could never be reached").hasSize(2);
    }

    @ParameterizedTest(name = "S1.7 a level read as \"{0}\" takes no step, neither at first nor later")
    @ValueSource(strings = {"", "abc", "nan", "inf", "1e999"})
    void byAnUnknownLevelNoStepIsTaken(String text) {
        LevelWatch watch = watch(act -> {
            close(act, 0);
            levels.put(ACCOUNT, Level.parse(text));
            return true;
        });
        watch.check(ACCOUNT, Level.parse(text));
        assertThat(lane).isEmpty();

        levels.put(ACCOUNT, Level.parse(text));
        watch.check(ACCOUNT, Level.of(40));
        runLane();
        assertThat(steps)
                .as("known at the check, unknown when it is read again")
                .isEmpty();

        clock.set(Duration.ofSeconds(5));
        tick(watch, 40);
        runLane();
        assertThat(closedAt()).as("known at first, then unknown").containsExactly(40.0);
    }

    @Test
    void aLevelThatCannotBeReadIsUnknown() {
        Gate gate = gate();
        LevelWatch watch = LevelWatch.over(gate, "margin-call", MARGIN)
                .act(
                        "act",
                        Boundary.at(100),
                        "liquidation",
                        subject -> {
                            throw new IOException("connection refused");
                        },
                        act -> close(act, 100))
                .lane(lane::add)
                .build();
        watch.check(ACCOUNT, Level.of(40));
        runLane();

        assertThat(steps).isEmpty();
        assertThat(gate.explain(Key.of("liquidation", ACCOUNT))
                        .orElseThrow()
                        .state()
                        .failures())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("S1.10 safe at 0.3 s and bad again at 0.4 s, in the middle of a run: never two runs")
    void aSafeTickNeverFreesARun() {
        Gate other = gate();
        List<Boolean> twins = new ArrayList<>();
        List<LevelWatch> watches = new ArrayList<>();
        watches.add(watch(act -> {
            close(act, 45);
            clock.set(Duration.ofMillis(300));
            tick(watches.get(0), 120);
            tick(watches.get(1), 120);
            clock.set(Duration.ofMillis(400));
            tick(watches.get(0), 45);
            tick(watches.get(1), 45);
            twins.add(other.hold(Key.of("liquidation", ACCOUNT), holding -> {}).passes());
            levels.put(ACCOUNT, Level.of(steps.size() < 3 ? 45 : 100));
            return true;
        }));
        watches.add(watch(other, Boundary.at(100), act -> twins.add(true)));
        tick(watches.get(0), 40);
        lane.remove().run();

        assertThat(steps).hasSize(3);
        assertThat(twins).containsOnly(false);
        runLane();
        assertThat(twins)
                .as("what was triggered meanwhile finds the level at the stop")
                .containsOnly(false);
    }

    @Test
    @DisplayName("S1.9 killed at 1 s, another node begins at 31 s; revived at 40 s, the old one takes no further step")
    void aDeadHolderIsFollowedWithinOneLease() {
        Gate dying = gate();
        LevelWatch next = watch(act -> close(act, 100));
        LevelWatch old = watch(dying, Boundary.at(100), act -> {
            clock.set(Duration.ofSeconds(1));
            dying.close();
            for (int second = 2; second < 31; second++) {
                clock.set(Duration.ofSeconds(second));
                dying.tick();
                tick(next, 40);
                runLane();
                assertThat(steps).as("at %s s", second).hasSize(second < 30 ? 0 : 1);
            }
            clock.set(Duration.ofSeconds(40));
            levels.put(ACCOUNT, Level.of(40));
            return true;
        });
        tick(old, 40);
        runLane();

        assertThat(closedAt()).as("by the next one alone").containsExactly(40.0);
    }

    @Test
    void aStepThatFailsIsTriedAgainAfterItsRest() {
        LevelWatch watch = watch(act -> {
            close(act, steps.isEmpty() ? 40 : 100);
            if (steps.size() == 1) {
                throw new IOException("no route to host");
            }
            return true;
        });
        for (int tenth = 0; tenth < 60; tenth++) {
            clock.set(Duration.ofMillis(100L * tenth));
            if (levels.getOrDefault(ACCOUNT, Level.of(40)).equals(Level.of(40))) {
                tick(watch, 40);
                runLane();
                assertThat(steps).hasSize(tenth < 50 ? 1 : 2);
            }
        }
    }

    @Test
    void aStepThatSaysThereIsNoMoreEndsTheRun() {
        LevelWatch watch = watch(act -> {
            close(act, 10);
            return false;
        });
        tick(watch, 10);
        runLane();
        assertThat(steps).hasSize(1);
    }

    @Test
    void whatIsTriggeredInTheLastMomentOfARunIsNotForgotten() {
        List<LevelWatch> self = new ArrayList<>();
        self.add(watch(act -> {
            close(act, 100);
            if (steps.size() == 1) {
                tick(self.get(0), 30);
                return false;
            }
            return true;
        }));
        tick(self.get(0), 40);
        runLane();

        assertThat(closedAt()).containsExactly(40.0, 30.0);
    }

    @Test
    void aClosedWatchTakesNoFurtherStep() {
        List<LevelWatch> self = new ArrayList<>();
        self.add(watch(act -> {
            close(act, 40);
            self.get(0).close();
            return true;
        }));
        tick(self.get(0), 40);
        runLane();
        tick(self.get(0), 40);
        runLane();
        assertThat(steps).hasSize(1);
    }

    @Test
    @DisplayName("S1.11 while 200 messages hang, an action begins")
    void hangingMessagesDelayNoAction() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(200);
        CountDownLatch acted = new CountDownLatch(1);
        ExecutorService callers = Executors.newFixedThreadPool(200);
        try (Gate gate = Gate.over(new MemoryStore(1_000, InstantSource.system()))
                        .flow("margin-call", MARGIN, Rule.allow("once per 3h").build())
                        .flow("liquidation", Rule.allow("exclusive").build())
                        .build();
                LevelWatch watch = LevelWatch.over(gate, "margin-call", MARGIN)
                        .tell("alert", alert -> {
                            hanging.countDown();
                            hang.await();
                        })
                        .tell("act", alert -> hang.await())
                        .act("act", Boundary.at(100), "liquidation", subject -> Level.of(40), act -> {
                            acted.countDown();
                            return false;
                        })
                        .build()) {
            for (int user = 0; user < 200; user++) {
                String subject = "live:" + user;
                callers.execute(() -> watch.check(subject, Level.of(80)));
            }
            assertThat(hanging.await(60, TimeUnit.SECONDS)).isTrue();
            Thread caller = new Thread(() -> watch.check("live:201", Level.of(40)));
            caller.start();
            assertThat(acted.await(60, TimeUnit.SECONDS))
                    .as("also before its own message")
                    .isTrue();
            hang.countDown();
            caller.join();
        } finally {
            hang.countDown();
            callers.shutdown();
            assertThat(callers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
