package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What another system told, or had in hand, before the key came here. */
class InheritTest {

    private final Lab lab = new Lab(Rule.allow("once per 3h")).at("3h");

    private static Event told(String at) {
        return new Event.ToldBefore(Lab.time(at), Lab.time(at));
    }

    private static Event inHand(String since) {
        return new Event.InHandSince(Lab.time(since), 7, Lab.time(since));
    }

    @Test
    @DisplayName("who was told inside the window is not told again; at exactly its end they are")
    void opensTheWindowOfWhatWasTold() {
        lab.answer(told("1h"));

        assertThat(lab.justBefore("4h").held().counts().next()).isEqualTo(Lab.time("4h"));
        lab.at("4h").claim();
    }

    @Test
    void whatIsOverOpensNothing() {
        lab.at("4h").answer(told("1h"));

        assertThat(lab.state().done()).isZero();
        lab.claim();
    }

    @Test
    void theSameAgainChangesNothing() {
        lab.answer(told("1h"));
        State after = lab.state();
        Outcome again = lab.apply(told("1h"));

        assertThat(again.state()).isEqualTo(after);
        assertThat(again.effects()).isEmpty();
    }

    @Test
    void whatWeToldOurselvesSinceIsNotMoved() {
        lab.deliver();
        State after = lab.state();
        Outcome told = lab.apply(told("1h"));

        assertThat(told.state().start()).isEqualTo(after.start());
        assertThat(told.state().done()).isEqualTo(1);
        assertThat(told.effects()).isEmpty();
    }

    @Test
    void aLaterTellingKeepsTheSubjectQuietForLonger() {
        lab.answer(told("1h"));
        lab.answer(told("2h"));
        lab.answer(told("1h"));

        lab.justBefore("5h").held();
        lab.at("5h").claim();
    }

    @Test
    void whatIsSaidToBeToldInTheFutureWasToldNow() {
        lab.answer(told("9h"));

        lab.justBefore("6h").held();
        lab.at("6h").claim();
    }

    @Test
    @DisplayName("it counts as one of many, is in no bucket of the books, and no more than the limit goes out")
    void countsAsOneOfMany() {
        Lab five = new Lab(Rule.allow("5 per 1h")).at("1h");
        Event told = told("30m");
        Books books = five.apply(told).books(told);
        for (int i = 0; i < 4; i++) {
            five.deliver();
        }
        five.held();

        assertThat(books).isEqualTo(Books.EMPTY);
    }

    @Test
    @DisplayName(
            "a message that is on its way when it is learnt that somebody else told is more than was allowed, and said so")
    void tellsWhatWentOutBeside() {
        Live claim = lab.claim();
        Outcome outcome = lab.apply(told("1h"));
        lab.complete(claim);

        assertThat(outcome.effects()).contains(new Effect.Inherited(Lab.time("1h")), new Effect.Overshoot(1));
        lab.held();
    }

    @Test
    void whatWasToldBeforeAResetDoesNotMuteAgain() {
        Lab rearming = new Lab(Rule.allow("once per 3h").onReset(OnReset.REARM)).at("2h");
        rearming.answer(told("1h"));
        rearming.at("150m").reset();
        rearming.answer(told("1h"));

        rearming.claim();
    }

    @Test
    void withoutAnEndOfTheWindowItLastsUntilAResetOrUntilItIsIdle() {
        Lab reset = new Lab(Rule.allow("once until reset").forgetAfter(Duration.ofDays(7))).at("1d");
        reset.answer(told("1h"));
        reset.at("6d").held();

        Lab idle = new Lab(Rule.allow("once until reset").forgetAfter(Duration.ofDays(7))).at("1d");
        idle.answer(told("1h"));
        idle.clock(Lab.time("1h") + Micros.of(Duration.ofDays(7))).claim();
    }

    @Test
    @DisplayName("what somebody has in hand is a claim until one lease after they began; under retry it is then held")
    void holdsWhileItIsInHand() {
        Lab retry = new Lab(Rule.allow("once per 1d").lease(Duration.ofMinutes(2))).at("110s");
        Event inHand = inHand("10s");
        Books books = retry.apply(inHand).books(inHand);

        assertThat(books).isEqualTo(Books.only(Bucket.IN, 1).with(Bucket.PENDING, 1));
        assertThat(retry.held().reason()).isEqualTo(Reason.IN_FLIGHT);
        assertThat(retry.justBefore("130s").state().live()).hasSize(1);
        retry.at("130s").claim();
        assertThat(retry.state().held())
                .as("the lost one, and the one that was held")
                .isEqualTo(2);
    }

    @Test
    @DisplayName("under drop it counts as told one lease after they began, whenever that is learnt")
    void countsUnderDropWhenItIsLost() {
        Rule drop = Rule.allow("once per 1d")
                .lease(Duration.ofMinutes(2))
                .onLost(OnLost.DROP)
                .build();
        Lab early = new Lab(drop).at("20s");
        early.answer(inHand("10s"));
        early.at("1h").held();
        Lab late = new Lab(drop).at("1h");
        late.answer(inHand("10s"));
        late.held();

        assertThat(early.state().start()).isEqualTo(Lab.time("130s"));
        assertThat(late.state().start()).isEqualTo(Lab.time("130s"));
    }

    @Test
    void whatIsInHandIsTakenOverOnce() {
        Lab retry = new Lab(Rule.allow("2 per 1d").lease(Duration.ofMinutes(2))).at("20s");
        retry.answer(inHand("10s"));
        retry.answer(inHand("10s"));
        assertThat(retry.state().live()).hasSize(1);

        retry.at("130s").look();
        State lost = retry.state();
        retry.answer(inHand("10s"));
        assertThat(retry.state()).isEqualTo(lost);
    }

    @Test
    @DisplayName("what was in hand, and is told in the meantime, is completed and opens the window of that time")
    void whatWasInHandIsTold() {
        lab.at("1m").answer(inHand("50s"));
        Event told = told("50s");
        Outcome outcome = lab.at("65s").apply(told);

        assertThat(outcome.books(told)).isEqualTo(Books.only(Bucket.PENDING, -1).with(Bucket.DELIVERED, 1));
        assertThat(outcome.state().used()).isEqualTo(1);
        assertThat(outcome.state().start()).isEqualTo(Lab.time("50s"));
    }

    @Test
    void whatIsInHandTakesNoSlotThatThereIsNot() {
        lab.deliver();
        State full = lab.state();
        lab.answer(new Event.InHandSince(9, 9, lab.now()));

        assertThat(lab.state()).isEqualTo(full);
    }

    @Test
    void anExclusiveKeyIsHeldByWhoeverHasItInHand() {
        Lab job = new Lab(Rule.allow("exclusive").lease(Duration.ofMinutes(2))).at("20s");
        job.answer(told("10s"));
        assertThat(job.state().done()).isZero();
        job.answer(inHand("10s"));

        job.justBefore("130s").held();
        job.at("130s").claim();
    }
}
