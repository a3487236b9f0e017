package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Complete, release, extend and evict. */
class SettleTest {
    private static final Answer OK = new Answer.Ok();
    private static final Answer STALE = new Answer.Stale();

    private final Lab lab = new Lab(Rule.allow("2 per 1h").lease(Duration.ofSeconds(30)));

    @Test
    void theFirstCompletionOpensTheWindow() {
        Live claim = lab.claim();
        lab.at("20s");
        assertThat(lab.complete(claim)).isEqualTo(OK);

        assertThat(lab.state().start()).isEqualTo(Lab.time("20s"));
        assertThat(lab.state().done()).isEqualTo(1);
        assertThat(lab.state().live()).isEmpty();
        assertThat(lab.state().settled()).containsExactly(new Settled(claim.fence(), claim.id(), Settled.End.DONE));
    }

    @Test
    void aLaterCompletionDoesNotMoveTheWindow() {
        lab.deliver();
        lab.at("40m").deliver();

        assertThat(lab.state().start()).isEqualTo(Lab.ZERO);
        assertThat(lab.state().done()).isEqualTo(2);
    }

    @Test
    void aRepeatedCompletionIsOkAndChangesNothing() {
        Live claim = lab.deliver();
        State after = lab.state();

        assertThat(lab.complete(claim)).isEqualTo(OK);
        assertThat(lab.state()).isEqualTo(after);
    }

    @Test
    void aCompletionEndsTheBackOff() {
        Lab resting = new Lab(Rule.allow("3 per 1h").backoff(Backoff.STANDARD));
        Live other = resting.claim();
        resting.release(resting.claim(), Event.Why.FAILED);
        assertThat(resting.state().failures()).isEqualTo(1);
        resting.complete(other);

        assertThat(resting.state().failures()).isZero();
        assertThat(resting.state().retryAt()).isEqualTo(Micros.ABSENT);
        resting.claim();
    }

    @Test
    void aCompletionLeavesTheMarkOfItsOccurrence() {
        Lab margin = new Lab(Rule.allow("2 per 1h"));
        margin.complete(margin.claim(102));
        assertThat(margin.state().mark()).isEqualTo(OptionalDouble.of(102));
        margin.complete(margin.claim());
        assertThat(margin.state().mark()).isEqualTo(OptionalDouble.of(102));
    }

    @Test
    void aClaimFromBeforeAResetCompletesWithoutCounting() {
        Live claim = lab.claim();
        lab.reset();
        assertThat(lab.complete(claim)).isEqualTo(OK);

        assertThat(lab.state().done()).isZero();
        assertThat(lab.state().mark()).isEmpty();
    }

    @Test
    void aClaimCompletedAfterItsWindowCountsInTheNext() {
        Lab slow = new Lab(Rule.allow("2 per 10s").lease(Duration.ofMinutes(1)));
        slow.deliver();
        Live claim = slow.claim();
        slow.at("15s").complete(claim);

        assertThat(slow.state().start()).isEqualTo(Lab.time("15s"));
        assertThat(slow.state().done()).isEqualTo(1);
    }

    @Test
    void aLateCompletionCountsUnderRetryAndIsStale() {
        Live claim = lab.claim();
        lab.at("40s");
        assertThat(lab.complete(claim)).isEqualTo(STALE);

        assertThat(lab.state().done()).isEqualTo(1);
        assertThat(lab.state().start()).isEqualTo(Lab.time("40s"));
        assertThat(lab.state().held()).isEqualTo(1);
        assertThat(lab.state().settled()).extracting(Settled::end).containsExactly(Settled.End.LATE);
        assertThat(lab.complete(claim)).isEqualTo(STALE);
        assertThat(lab.state().done()).isEqualTo(1);
    }

    @Test
    void aLateCompletionAboveTheLimitIsOvershoot() {
        Live lost = lab.claim();
        lab.at("30s").deliver();
        lab.deliver();

        assertThat(lab.apply(new Event.Complete(lost.fence(), lost.nonce())).effects())
                .containsExactly(new Effect.Overshoot(1));
        assertThat(lab.state().done()).isEqualTo(3);
    }

    @Test
    void aLateCompletionIsOvershootAlsoWhenALiveClaimHasTheSlot() {
        Lab once = new Lab(Rule.allow("once per 1h").lease(Duration.ofSeconds(30)));
        Live lost = once.claim();
        once.at("30s").claim();
        Outcome late = once.apply(new Event.Complete(lost.fence(), lost.nonce()));

        assertThat(once.state().used()).isEqualTo(2);
        assertThat(late.effects()).containsExactly(new Effect.Overshoot(1));
    }

    @Test
    void aLateCompletionDoesNotCountUnderDropExclusiveOrAfterAReset() {
        Lab drop = new Lab(Rule.allow("2 per 1h").onLost(OnLost.DROP));
        Lab exclusive = new Lab(Rule.allow("exclusive"));
        Lab armed = new Lab(Rule.allow("2 per 1h"));
        for (Lab each : List.of(drop, exclusive, armed)) {
            Live claim = each.claim();
            each.at("40s").look();
            each.reset();
            int done = each.state().done();
            assertThat(each.complete(claim)).isEqualTo(STALE);
            assertThat(each.state().done()).isEqualTo(done);
            assertThat(each.state().settled()).extracting(Settled::end).containsExactly(Settled.End.LATE);
        }
    }

    @Test
    void aReleaseAsWithdrawnGivesTheSlotBackAndNothingMore() {
        Live claim = lab.claim();
        assertThat(lab.release(claim, Event.Why.WITHDRAWN)).isEqualTo(OK);

        assertThat(lab.state().used()).isZero();
        assertThat(lab.state().held()).isZero();
        assertThat(lab.state().failures()).isZero();
        assertThat(lab.state().settled()).extracting(Settled::end).containsExactly(Settled.End.BACK);
    }

    @Test
    void aReleaseByABudgetHoldsTheOccurrence() {
        lab.release(lab.claim(), Event.Why.BUDGET);

        assertThat(lab.state().held()).isEqualTo(1);
        assertThat(lab.state().used()).isZero();
        assertThat(lab.state().failures()).isZero();
    }

    @Test
    void aReleaseAsRefusedHoldsNothingAndTheIdIsANewOneAgain() {
        Live claim = lab.claim();
        assertThat(lab.release(claim, Event.Why.REFUSED)).isEqualTo(OK);

        assertThat(lab.state().used()).isZero();
        assertThat(lab.state().held()).isZero();
        assertThat(lab.release(claim, Event.Why.REFUSED)).as("repeated").isEqualTo(OK);
        assertThat(lab.state().settled()).containsExactly(new Settled(claim.fence(), Settled.NOBODY, Settled.End.BACK));
    }

    @Test
    void failuresRestLongerAndLongerUpToTheMost() {
        Backoff backoff = new Backoff(Duration.ofSeconds(5), 3, Duration.ofSeconds(40));
        Lab resting = new Lab(Rule.allow("once per 3h").backoff(backoff));
        long[] rests = {5, 15, 40, 40};
        for (long rest : rests) {
            resting.release(resting.claim(), Event.Why.FAILED);
            assertThat(resting.state().retryAt()).isEqualTo(resting.now() + rest * 1_000_000);
            resting.clock(resting.state().retryAt());
        }
        assertThat(resting.state().failures()).isEqualTo(4);
    }

    @Test
    void withoutABackOffAFailureOnlyGivesTheSlotBack() {
        lab.release(lab.claim(), Event.Why.FAILED);

        assertThat(lab.state().failures()).isZero();
        assertThat(lab.state().retryAt()).isEqualTo(Micros.ABSENT);
        lab.claim();
    }

    @Test
    void givenUpRestsAsFailedAndIsCountedAsDead() {
        Lab resting = new Lab(Rule.allow("once per 3h"));
        Live claim = resting.claim();
        Event dead = new Event.Release(claim.fence(), claim.nonce(), Event.Why.DEAD);
        Outcome outcome = resting.apply(dead);

        assertThat(resting.state().retryAt()).isEqualTo(Lab.time("5s"));
        assertThat(outcome.books(dead)).isEqualTo(Books.moved(Bucket.PENDING, Bucket.DEAD, 1));
    }

    @Test
    void aRepeatedReleaseIsOkAndChangesNothing() {
        Lab resting = new Lab(Rule.allow("once per 3h"));
        Live claim = resting.claim();
        resting.release(claim, Event.Why.FAILED);
        State after = resting.state();

        assertThat(resting.release(claim, Event.Why.FAILED)).isEqualTo(OK);
        assertThat(resting.state()).isEqualTo(after);
    }

    @Test
    void whoeverSettlesOtherwiseThanItEndedIsStale() {
        Live completed = lab.deliver();
        Live released = lab.claim();
        lab.release(released, Event.Why.WITHDRAWN);

        assertThat(lab.release(completed, Event.Why.FAILED)).isEqualTo(STALE);
        assertThat(lab.complete(released)).isEqualTo(STALE);
        assertThat(lab.extend(completed, "1m")).isEqualTo(STALE);
        assertThat(lab.extend(released, "1m")).isEqualTo(STALE);
        assertThat(lab.answer(new Event.Complete(12345, 1))).isEqualTo(STALE);
        assertThat(lab.state().done()).isEqualTo(1);
    }

    @Test
    void aWrongNonceIsStaleAndChangesNothing() {
        Live claim = lab.claim();
        State before = lab.state();

        assertThat(lab.answer(new Event.Complete(claim.fence(), claim.nonce() + 1)))
                .isEqualTo(STALE);
        assertThat(lab.answer(new Event.Release(claim.fence(), claim.nonce() + 1, Event.Why.FAILED)))
                .isEqualTo(STALE);
        assertThat(lab.answer(new Event.Extend(claim.fence(), claim.nonce() + 1, Lab.time("1m"))))
                .isEqualTo(STALE);
        assertThat(lab.state()).isEqualTo(before);
    }

    @Test
    void anExtensionMovesTheDeadlineEitherWay() {
        Live claim = lab.claim();
        assertThat(lab.extend(claim, "1h")).isEqualTo(OK);
        assertThat(lab.state().live()).extracting(Live::until).containsExactly(Lab.time("1h"));
        assertThat(lab.extend(claim, "10s")).isEqualTo(OK);
        lab.at("10s").look();

        assertThat(lab.state().live()).isEmpty();
    }

    @Test
    void anExtensionIntoThePastLosesTheClaimNow() {
        Live claim = lab.claim();
        lab.at("20s");
        lab.extend(claim, "5s");

        assertThat(lab.state().live()).isEmpty();
        assertThat(lab.state().first()).isEqualTo(Lab.time("20s"));
    }

    @Test
    void anOperatorTakesAClaimAwayFromItsHolder() {
        Live claim = lab.claim();
        Event evict = new Event.Evict(claim.fence());
        Outcome outcome = lab.apply(evict);

        assertThat(outcome.answer()).isEqualTo(OK);
        assertThat(outcome.books(evict)).isEqualTo(Books.moved(Bucket.PENDING, Bucket.WITHDRAWN, 1));
        assertThat(lab.answer(evict)).as("repeated").isEqualTo(OK);
        assertThat(lab.complete(claim)).isEqualTo(STALE);
        assertThat(lab.extend(claim, "1m")).isEqualTo(STALE);
        assertThat(lab.answer(new Event.Evict(99))).isEqualTo(STALE);
    }
}
