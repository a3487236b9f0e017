package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Answer;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A store that is a server decides by the clock of the server, whatever its processes take for the time. In real time;
 * what is compared is so far apart that a busy machine makes no difference.
 */
abstract class ServerClockContract extends LostReplyContract {
    private static final Duration NEAR = Duration.ofMinutes(1);
    private static final int LOOKS = 200;

    @Test
    void decidesByTheClockOfItsServer() throws Exception {
        Optional<Store> store = byItsOwnClock(Duration.ZERO);
        if (store.isPresent()) {
            long before = store.get().now();
            Live claim = claim(store.get(), DB_DOWN, FIVE);
            long touched = await(store.get().read(DB_DOWN)).orElseThrow().touched();

            assertEquals(touched + FIVE.lease(), claim.until());
            assertNear(before, touched);
            assertNear(touched, store.get().now());
            assertTrue(store.get().now() >= touched, "its time is never behind what it decided last");
        }
    }

    @Test
    void isAheadByWhatItIsToldAndNoMore() throws Exception {
        Optional<Store> now = byItsOwnClock(Duration.ZERO);
        Optional<Store> later = byItsOwnClock(Duration.ofHours(2));
        if (now.isPresent() && later.isPresent()) {
            claim(now.get(), DB_DOWN, FIVE);
            claim(later.get(), Key.of("errors", "later"), FIVE);
            assertNear(
                    now.get().now() + Micros.of(Duration.ofHours(2)),
                    later.get().now());
        }
    }

    @Test
    void passesAgainWhenItsClockSaysThatTheWindowIsOver() throws Exception {
        Optional<Store> now = byItsOwnClock(Duration.ZERO);
        Optional<Store> later = byItsOwnClock(Duration.ofHours(3).plus(NEAR));
        if (now.isPresent() && later.isPresent()) {
            Live first = claim(now.get(), DB_DOWN, ONE);
            apply(now.get(), DB_DOWN, ONE, completion(first));
            assertInstanceOf(
                    Answer.Held.class,
                    apply(now.get(), DB_DOWN, ONE, occurrence()).answer());

            assertTrue(claim(later.get(), DB_DOWN, ONE).fence() > first.fence());
        }
    }

    @Test
    void findsWhatIsDueByTheClockOfItsServer() throws Exception {
        Optional<Store> now = byItsOwnClock(Duration.ZERO);
        Optional<Store> later = byItsOwnClock(Duration.ofHours(3).plus(NEAR));
        if (now.isPresent() && later.isPresent()) {
            Rule told = Rule.allow("once per 3h").digest(Digest.AT_CLOSE).build();
            apply(now.get(), DB_DOWN, told, completion(claim(now.get(), DB_DOWN, told)));
            apply(now.get(), DB_DOWN, told, occurrence());

            assertEquals(List.of(), await(now.get().due(10)));
            // A handle learns the time of its server from an answer.
            await(later.get().read(DB_DOWN));
            claim(later.get(), Key.of("errors", "later"), ONE);
            assertEquals(List.of(DB_DOWN), await(later.get().due(10)));
        }
    }

    @Test
    void givesHigherFencesAlthoughItsClockWasSetBack() throws Exception {
        Optional<Store> ahead = byItsOwnClock(Duration.ofHours(1));
        Optional<Store> behind = byItsOwnClock(Duration.ZERO);
        if (ahead.isPresent() && behind.isPresent()) {
            Rule rule = Rule.allow("exclusive").build();
            Live before = claim(ahead.get(), DB_DOWN, rule);
            apply(ahead.get(), DB_DOWN, rule, completion(before));

            assertTrue(claim(behind.get(), DB_DOWN, rule).fence() > before.fence(), "a fence was given out twice");
        }
    }

    @Test
    void neverTellsATimeBeforeTheOneItToldLast() throws Exception {
        Optional<Store> store = byItsOwnClock(Duration.ZERO);
        if (store.isPresent()) {
            long last = store.get().now();
            for (int i = 0; i < LOOKS; i++) {
                if (i % 10 == 0) {
                    apply(store.get(), DB_DOWN, FIVE, occurrence());
                }
                long now = store.get().now();
                assertTrue(now >= last, "its time went back");
                last = now;
            }
        }
    }

    private static void assertNear(long expected, long actual) {
        assertTrue(
                Math.abs(expected - actual) < Micros.of(NEAR),
                () -> "its clock shows " + actual + ", which is not near " + expected);
    }
}
