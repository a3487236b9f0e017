package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OfferTest {
    private final Lab lab = new Lab(Rule.allow("2 per 1h").lease(Duration.ofSeconds(30)));

    @Test
    void aPassIsAClaimWithANewFenceAndADeadline() {
        lab.at("5s");
        Answer answer = lab.answer(new Event.Offer(7, 8, OptionalDouble.of(9), Event.Settle.LATER));

        Live claim = new Live(Lab.time("5s"), 8, 7, Lab.time("35s"), false, OptionalDouble.of(9));
        assertThat(answer).isEqualTo(new Answer.Granted(claim, new Answer.Counts(1, 0, 0, Lab.time("5s"))));
        assertThat(lab.state().live()).containsExactly(claim);
        assertThat(lab.state().touched()).isEqualTo(Lab.time("5s"));
        assertThat(lab.state().lastSeen()).isEqualTo(Lab.time("5s"));
        assertThat(lab.state().done()).isZero();
    }

    @Test
    void twoClaimsOfTheSameMicrosecondHaveDifferentFences() {
        assertThat(lab.claim().fence()).isEqualTo(Lab.ZERO);
        assertThat(lab.claim().fence()).isEqualTo(Lab.ZERO + 1);
    }

    @Test
    void anIdThatIsLiveIsAnsweredAgainAndChangesNothing() {
        Answer first = lab.answer(Lab.occurrence(1));
        State after = lab.state();

        assertThat(lab.answer(Lab.occurrence(1))).isEqualTo(first);
        assertThat(lab.state()).isEqualTo(after);
    }

    @Test
    void anIdThatIsSettledIsAnsweredByHowItEnded() {
        Live claim = ((Answer.Granted) lab.answer(Lab.occurrence(1))).claim();
        lab.complete(claim);
        Answer again = lab.answer(Lab.occurrence(1));

        assertThat(again)
                .isEqualTo(new Answer.Repeated(
                        new Settled(claim.fence(), 1, Settled.End.DONE), new Answer.Counts(1, 1, 0, Lab.ZERO)));
        assertThat(lab.state().seen()).isEqualTo(1);
        assertThat(lab.state().done()).isEqualTo(1);
    }

    @Test
    void anIdThatWasHeldIsANewOccurrence() {
        lab.deliver();
        lab.deliver();
        lab.answer(Lab.occurrence(1));
        lab.answer(Lab.occurrence(1));

        assertThat(lab.state().held()).isEqualTo(2);
    }

    @Test
    void anIdIsForgottenAfterAsManySettledAsTheLimitButAtLeastFour() {
        Lab job = new Lab(Rule.allow("exclusive"));
        for (long id = 1; id <= 5; id++) {
            job.complete(((Answer.Granted) job.answer(Lab.occurrence(id))).claim());
        }
        assertThat(job.state().settled()).extracting(Settled::id).containsExactly(2L, 3L, 4L, 5L);
        assertThat(job.answer(Lab.occurrence(2))).isInstanceOf(Answer.Repeated.class);
        assertThat(job.answer(Lab.occurrence(1))).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void aRestingKeyHoldsUntilItHasRested() {
        Lab resting = new Lab(Rule.allow("2 per 1h").backoff(Backoff.STANDARD));
        resting.release(resting.claim(), Event.Why.FAILED);

        resting.justBefore("5s");
        assertThat(resting.held())
                .isEqualTo(new Answer.Held(Reason.BACKOFF, true, new Answer.Counts(2, 0, 1, Lab.time("5s"))));
        resting.at("5s");
        resting.claim();
    }

    @Test
    void aFullWindowHoldsUntilItEnds() {
        lab.at("10s").deliver();
        lab.at("20s").deliver();
        lab.at("30s");

        assertThat(lab.held())
                .isEqualTo(new Answer.Held(Reason.LIMIT, true, new Answer.Counts(3, 2, 1, Lab.time("1h10s"))));
        lab.justBefore("1h10s").held();
        assertThat(lab.state().held()).isEqualTo(2);
        lab.at("1h10s").claim();
    }

    @Test
    void slotsTakenByClaimsHoldUntilTheFirstDeadlineAtTheLatest() {
        lab.deliver();
        lab.at("3s").claim();
        lab.at("4s");

        assertThat(lab.held())
                .isEqualTo(new Answer.Held(Reason.IN_FLIGHT, true, new Answer.Counts(3, 1, 1, Lab.time("33s"))));
    }

    @Test
    void theEndOfTheWindowMayComeBeforeTheFirstDeadline() {
        Lab slow = new Lab(Rule.allow("2 per 10s").lease(Duration.ofSeconds(30)));
        slow.deliver();
        slow.claim();

        assertThat(slow.held().counts().next()).isEqualTo(Lab.time("10s"));
    }

    @Test
    void aChargedPassCountsAtOnceWithoutAClaim() {
        Lab budget = new Lab(Rule.allow("2 per 1h").summaryAt(2).charged());

        assertThat(budget.offer()).isEqualTo(new Answer.Passed(false, new Answer.Counts(1, 1, 0, Lab.ZERO)));
        assertThat(budget.offer()).isEqualTo(new Answer.Passed(false, new Answer.Counts(2, 2, 0, Lab.time("1h"))));
        assertThat(budget.held().reason()).isEqualTo(Reason.LIMIT);
        assertThat(budget.state().live()).isEmpty();
        assertThat(budget.state().settled()).isEmpty();
        assertThat(budget.state().start()).isEqualTo(Lab.ZERO);
    }

    @Test
    void aChargedRuleMayHaveAnyLimit() {
        Lab budget = new Lab(Rule.allow("500 per 1h").charged());
        for (int i = 0; i < 500; i++) {
            assertThat(budget.offer()).isInstanceOf(Answer.Passed.class);
        }
        assertThat(budget.held().reason()).isEqualTo(Reason.LIMIT);
    }

    @Test
    @DisplayName("S4.1 ten at once: sent, sent, sent as a summary, sent, sent, and the rest is held")
    void tenAtOnce() {
        assertThat(tenAtOnce(Rule.allow("5 per 1h").summaryAt(3))).isEqualTo("S S A S S . . . . .");
        assertThat(tenAtOnce(Rule.allow("3 per 1h").summaryAt(3))).isEqualTo("S S A . . . . . . .");
        assertThat(tenAtOnce(Rule.allow("5 per 1h").summaryAt(5))).isEqualTo("S S S S A . . . . .");
    }

    @Test
    void aSummaryAtOneOrAboveTheLimitNeverComes() {
        assertThat(tenAtOnce(Rule.allow("5 per 1h").summaryAt(1))).isEqualTo("S S S S S . . . . .");
        assertThat(tenAtOnce(Rule.allow("5 per 1h").summaryAt(6))).isEqualTo("S S S S S . . . . .");
    }

    @Test
    void theSummaryComesAtItsUseOfTheWindowNotOfTheOccurrences() {
        Lab errors = new Lab(Rule.allow("5 per 1h").summaryAt(2));
        errors.release(errors.claim(), Event.Why.WITHDRAWN);

        assertThat(errors.claim().summary()).isFalse();
        assertThat(errors.claim().summary()).isTrue();
        assertThat(errors.state().seen()).isEqualTo(3);
    }

    @Test
    void theFirstTheTenthAndTheHundredthHeldAreSamples() {
        lab.deliver();
        lab.deliver();
        List<Integer> samples = new ArrayList<>();
        for (int i = 1; i <= 1_000; i++) {
            if (lab.held().sample()) {
                samples.add(i);
            }
        }
        assertThat(samples).containsExactly(1, 10, 100, 1_000);
    }

    @Test
    void decidedAndDoneCountsInTheSameStep() {
        assertThat(lab.tryPass()).isEqualTo(new Answer.Passed(false, new Answer.Counts(1, 1, 0, Lab.ZERO)));
        assertThat(lab.state().live()).isEmpty();
        assertThat(lab.state().settled()).extracting(Settled::end).containsExactly(Settled.End.DONE);
        assertThat(lab.state().start()).isEqualTo(Lab.ZERO);
    }

    @Test
    void decidedAndDoneMayBeASummary() {
        Lab errors = new Lab(Rule.allow("5 per 1h").summaryAt(2));
        errors.tryPass();
        assertThat(((Answer.Passed) errors.tryPass()).summary()).isTrue();
    }

    @Test
    void anOfferCallsOffAPendingReset() {
        Lab margin = new Lab(Rule.allow("once until reset").onReset(OnReset.after(Duration.ofMinutes(1))));
        margin.deliver();
        margin.at("10s").reset();
        assertThat(margin.state().resetAt()).isEqualTo(Lab.time("1m10s"));
        margin.at("20s").held();

        assertThat(margin.state().resetAt()).isEqualTo(Micros.ABSENT);
        margin.at("10m").held();
    }

    @Test
    void aRepeatedIdDoesNotCallOffAPendingReset() {
        Lab margin = new Lab(Rule.allow("once until reset").onReset(OnReset.after(Duration.ofMinutes(1))));
        margin.complete(((Answer.Granted) margin.answer(Lab.occurrence(1))).claim());
        margin.reset();
        margin.answer(Lab.occurrence(1));

        assertThat(margin.state().resetAt()).isEqualTo(Lab.time("1m"));
    }

    @Test
    void aMarkThatIsNotANumberIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Event.Offer(1, 2, OptionalDouble.of(Double.NaN), Event.Settle.LATER));
    }

    private static String tenAtOnce(Rule.Builder rule) {
        Lab errors = new Lab(rule);
        StringBuilder sequence = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            if (errors.offer() instanceof Answer.Granted granted) {
                sequence.append(granted.claim().summary() ? "A " : "S ");
                errors.complete(granted.claim());
            } else {
                sequence.append(". ");
            }
        }
        return sequence.toString().trim();
    }
}
