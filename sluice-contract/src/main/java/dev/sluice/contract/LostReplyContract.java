package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A reply that is lost is a failure that says so, and the same command again ends as if it had been given once. */
abstract class LostReplyContract extends SharingContract {
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final long PATIENCE_SECONDS = 30;
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A command of a database is a conversation, and each reply of it may be the last: ends that are tried. */
    private static final List<Long> CUTS = List.of(0L, 5L, 20L, 50L, 100L, 150L, 250L, 400L);

    @Test
    void countsAnOccurrenceOnceAlthoughItsAnswerWasLost() throws Exception {
        for (long cut : CUTS) {
            Key key = Key.of("errors", "offered-" + cut);
            Event.Offer offer = occurrence();
            if (cutRepliesAfter(cut)) {
                Answer.Granted granted = assertInstanceOf(
                        Answer.Granted.class, insist(key, FIVE, offer).answer());
                State state = read(key).orElseThrow();
                assertEquals(List.of(granted.claim()), state.live());
                assertEquals(1, state.seen());
            }
        }
    }

    @Test
    void settlesOnceAlthoughTheAnswerWasLost() throws Exception {
        for (long cut : CUTS) {
            Key key = Key.of("errors", "settled-" + cut);
            Live claim = claim(key, FIVE);
            if (cutRepliesAfter(cut)) {
                assertInstanceOf(
                        Answer.Ok.class, insist(key, FIVE, completion(claim)).answer());
                assertEquals(1, read(key).orElseThrow().done());
            }
        }
    }

    @Test
    void countsAReportOnceAlthoughItsAnswerWasLost() throws Exception {
        for (long cut : CUTS) {
            Key key = Key.of("errors", "reported-" + cut);
            claim(key, FIVE);
            if (cutRepliesAfter(cut)) {
                insist(key, FIVE, report(2, 3));
                assertEquals(2, read(key).orElseThrow().done());
                assertEquals(3, read(key).orElseThrow().held());
            }
        }
    }

    @Test
    void countsAReportOnceAlthoughItsAnswerWasLostAndOtherClaimsEndedBeforeItCameAgain() throws Exception {
        for (long cut : CUTS) {
            Key key = Key.of("errors", "reported-late-" + cut);
            claim(key, FIVE);
            Event report = report(0, 3);
            cutRepliesAfter(cut);
            mayFail(key, FIVE, report);
            for (int i = 0; i < 6; i++) {
                Answer.Granted other = assertInstanceOf(
                        Answer.Granted.class, insist(key, FIVE, occurrence()).answer());
                insist(key, FIVE, withdrawal(other.claim()));
            }
            insist(key, FIVE, report);
            assertEquals(3, read(key).orElseThrow().held());
        }
    }

    private Event report(int done, long held) {
        return new Event.Report(77, 1, OptionalLong.empty(), done, held, now() - 5_000_000, now() - 1_000_000);
    }

    private static Event withdrawal(Live claim) {
        return new Event.Release(claim.fence(), claim.nonce(), Event.Why.WITHDRAWN);
    }

    private void mayFail(Key key, Rule rule, Event event) throws InterruptedException {
        try {
            answer(key, rule, event);
        } catch (ExecutionException e) {
            assertInstanceOf(StoreException.class, e.getCause());
        }
    }

    @Test
    void emptiesATallyOnceAlthoughTheAnswerWasLost() throws Exception {
        for (long cut : CUTS) {
            Key key = Key.of("errors", "told-" + cut);
            Out tally = owe(key);
            if (cutRepliesAfter(cut)) {
                insist(key, TWO, new Event.Told(tally.number()));
                assertEquals(List.of(), due());
            } else {
                told(key, TWO, tally);
            }
        }
    }

    /** Gives the same command until it is answered; each failure must be one that says so, and soon. */
    private Outcome insist(Key key, Rule rule, Event event) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                return answer(key, rule, event);
            } catch (ExecutionException e) {
                assertInstanceOf(StoreException.class, e.getCause());
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("the store did not come back after one lost reply", e);
                }
                LockSupport.parkNanos(REST_NANOS);
            }
        }
    }

    private Outcome answer(Key key, Rule rule, Event event) throws InterruptedException, ExecutionException {
        try {
            return store().apply(new Command(key, rule, event))
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("a command whose reply was lost was never answered", e);
        }
    }
}
