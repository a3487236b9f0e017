package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever happens: no denial is wrong, and nothing is lost or counted twice. */
class DenialHistoriesTest {
    private static final int HISTORIES = 300;
    private static final int MOVES = 400;
    private static final int PROCESSES = 3;
    private static final int ROOM = 3;
    private static final long AGE = 1_000_000;

    private static final List<Rule> RULES = List.of(
            Rule.allow("2 per 1m").build(),
            Rule.allow("1 per 3s").digest(Digest.AT_CLOSE).build(),
            Rule.allow("3 per 10s").charged().build(),
            Rule.allow("once until reset").forgetAfter(Duration.ofSeconds(20)).build(),
            Rule.allow("2 per 10s")
                    .onReset(OnReset.after(Duration.ofSeconds(1)))
                    .build());

    /** Processes with caches over one store, and what they were told. */
    private static final class Scene {
        private final RandomGenerator random;
        private final Rule rule;
        private final HandClock clock = new HandClock();
        private final SharedStore shared = new SharedStore(clock);
        private final List<SharedStore.View> views = new ArrayList<>();
        private final List<DenialCache> caches = new ArrayList<>();
        private final List<Key> keys = new ArrayList<>();
        private final long[] counted = new long[5];
        private final boolean pushed;
        private long at;
        private long rearmed = -2 * AGE;
        private long ids = 1_000;
        private int wrong;

        Scene(long seed) {
            random = new SplittableRandom(seed);
            rule = RULES.get(random.nextInt(RULES.size()));
            pushed = random.nextBoolean();
            for (int i = 0; i < counted.length; i++) {
                keys.add(Key.of("flow", "s" + i));
            }
            DenialCache.Settings settings = new DenialCache.Settings(ROOM, Duration.ofSeconds(1), Duration.ZERO);
            for (int i = 0; i < PROCESSES; i++) {
                views.add(shared.seen());
                caches.add(DenialCache.around(views.get(i), settings, clock, new Random(seed * 31 + i)));
            }
        }

        void move() {
            int process = random.nextInt(PROCESSES);
            switch (random.nextInt(12)) {
                case 0 -> pass(random.nextInt(2_000));
                case 1 -> pass(random.nextInt(200));
                case 2 -> reset();
                case 3 -> caches.get(process).handBack();
                case 4 -> shared.tell(random.nextInt(10) == 0 ? Store.Listener::disconnected : listener -> {});
                default -> offer(process, random.nextInt(keys.size()));
            }
        }

        private void pass(long millis) {
            at += millis * 1_000;
            clock.set(Duration.ofNanos(at * 1_000));
            caches.forEach(DenialCache::handBack);
        }

        private void reset() {
            Key key = keys.get(random.nextInt(keys.size()));
            Outcome outcome = Gate.await(shared.apply(new Command(key, rule, new Event.Reset(OptionalDouble.empty()))));
            if (pushed && outcome.effects().stream().anyMatch(Effect.Armed.class::isInstance)) {
                shared.tell(listener -> listener.rearmed(key));
            }
            rearmed = at;
        }

        private void offer(int process, int which) {
            Key key = keys.get(which);
            ids++;
            Event.Offer offer = new Event.Offer(ids, ids, OptionalDouble.empty(), Event.Settle.NOW);
            State state = Gate.await(shared.read(key)).orElse(State.EMPTY);
            Answer expected =
                    Step.apply(state, rule, offer, Micros.of(clock.instant())).answer();
            Outcome outcome = Gate.await(caches.get(process).apply(new Command(key, rule, offer)));
            counted[which]++;
            if (outcome.elsewhere().isPresent() && !(expected instanceof Answer.Held)) {
                assertThat(pushed)
                        .as("a denial is wrong although every rearm was pushed")
                        .isFalse();
                assertThat(at - rearmed).as("microseconds since the last reset").isLessThan(AGE);
                wrong++;
            }
        }

        void end() {
            caches.forEach(DenialCache::close);
            for (int i = 0; i < counted.length; i++) {
                Books books = shared.books(keys.get(i));
                assertThat(books.get(Bucket.IN)).isEqualTo(counted[i]);
                assertThat(books.unaccounted()).isZero();
            }
        }
    }

    @Test
    void noDenialIsWrongAndNothingIsLost() {
        int wrong = 0;
        long hits = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            Scene scene = new Scene(seed);
            for (int i = 0; i < MOVES; i++) {
                scene.move();
            }
            scene.end();
            wrong += scene.wrong;
            hits += scene.caches.stream().mapToLong(DenialCache::hits).sum();
        }
        assertThat(hits).as("the histories are about something").isGreaterThan(HISTORIES * 10L);
        assertThat(wrong).as("and not pushing shows").isPositive();
    }
}
