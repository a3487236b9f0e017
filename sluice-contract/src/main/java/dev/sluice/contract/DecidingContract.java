package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.OnLost;
import dev.sluice.Outcome;
import dev.sluice.Reason;
import dev.sluice.Reporter;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A store carries every event to the state of its key, and the answer back. */
abstract class DecidingContract extends StoreBench {
    static final Rule FIVE = Rule.allow("5 per 1h").summaryAt(3).build();
    static final Rule ONE = Rule.allow("once per 3h").build();
    static final Rule JOB = Rule.allow("exclusive").build();
    static final Key DB_DOWN = Key.of("errors", "db-down");

    @Test
    void passesAsManyAsTheRuleAllowsAndHoldsTheRest() {
        List<Boolean> summaries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            summaries.add(deliver(DB_DOWN, FIVE).summary());
        }
        Answer.Held held = held(DB_DOWN, FIVE);

        assertEquals(List.of(false, false, true, false, false), summaries);
        assertEquals(Reason.LIMIT, held.reason());
        assertEquals(new Answer.Counts(6, 5, 1, now() + Duration.ofHours(1).toNanos() / 1_000), held.counts());
    }

    @Test
    void makesNoKeyOfWhatBringsNoOccurrence() {
        List<Event> strangers = List.of(
                new Event.Reset(OptionalDouble.empty()),
                new Event.Complete(1, 2),
                new Event.Release(1, 2, Event.Why.FAILED),
                new Event.Extend(1, 2, now() + 1),
                new Event.Evict(1),
                new Event.Take(),
                new Event.Told(1));
        for (Event stranger : strangers) {
            assertEquals(List.of(), apply(DB_DOWN, ONE, stranger).effects(), () -> "effects of " + stranger);
            assertEquals(Optional.empty(), read(DB_DOWN), () -> "there is a key after " + stranger);
        }
    }

    @Test
    void passesAgainAtExactlyTheEndOfTheWindow() {
        deliver(DB_DOWN, ONE);
        pass(Duration.ofHours(3).minusNanos(1_000));
        held(DB_DOWN, ONE);
        pass(Duration.ofNanos(1_000));

        deliver(DB_DOWN, ONE);
    }

    @Test
    void everyClaimHasAHigherFence() {
        long highest = 0;
        for (int i = 0; i < 10; i++) {
            Live claim = claim(DB_DOWN, JOB);
            assertTrue(claim.fence() > highest, () -> "fence " + claim.fence() + " after a higher one");
            highest = claim.fence();
            release(DB_DOWN, JOB, claim, Event.Why.WITHDRAWN);
        }
    }

    @Test
    void refusesAStaleSettle() {
        Live lost = claim(DB_DOWN, JOB);
        pass(Rule.DEFAULT_LEASE);
        Live next = claim(DB_DOWN, JOB);

        assertInstanceOf(Answer.Stale.class, complete(DB_DOWN, JOB, lost));
        assertInstanceOf(Answer.Stale.class, release(DB_DOWN, JOB, lost, Event.Why.FAILED));
        assertInstanceOf(
                Answer.Stale.class,
                apply(DB_DOWN, JOB, new Event.Extend(lost.fence(), lost.nonce(), now() + 1_000_000))
                        .answer());
        assertInstanceOf(Answer.Ok.class, complete(DB_DOWN, JOB, next));
    }

    @Test
    void refusesASettleWithAWrongNonce() {
        Live claim = claim(DB_DOWN, JOB);
        Event forged = new Event.Complete(claim.fence(), claim.nonce() + 1);

        assertInstanceOf(Answer.Stale.class, apply(DB_DOWN, JOB, forged).answer());
        assertEquals(1, read(DB_DOWN).orElseThrow().live().size());
    }

    @Test
    void answersARepeatedCommandAsBefore() {
        Event.Offer offer = occurrence();
        Answer first = apply(DB_DOWN, FIVE, offer).answer();
        assertEquals(first, apply(DB_DOWN, FIVE, offer).answer());

        Live claim = assertInstanceOf(Answer.Granted.class, first).claim();
        Event complete = new Event.Complete(claim.fence(), claim.nonce());
        Outcome settled = apply(DB_DOWN, FIVE, complete);
        Outcome again = apply(DB_DOWN, FIVE, complete);
        assertInstanceOf(Answer.Ok.class, again.answer());
        assertEquals(settled.state(), again.state());
        assertEquals(List.of(), again.effects());
        assertInstanceOf(Answer.Repeated.class, apply(DB_DOWN, FIVE, offer).answer());
        assertEquals(1, read(DB_DOWN).orElseThrow().done());
    }

    @Test
    void countsAReportOnce() {
        Event report = report(77, 1, 2, 3);
        Outcome first = apply(DB_DOWN, FIVE, report);
        apply(DB_DOWN, FIVE, report);

        State state = read(DB_DOWN).orElseThrow();
        assertEquals(first.state(), state);
        assertEquals(2, state.done());
        assertEquals(3, state.held());
        assertEquals(now() - 5_000_000, state.first());
    }

    @Test
    void countsAReportOnceWhateverEndedAndWhoeverReportedBeforeItComesAgain() {
        Rule rule = Rule.allow("once per 1s").build();
        Event report = report(77, 1, 1, 3);
        apply(DB_DOWN, rule, report);
        for (int i = 1; i <= 60; i++) {
            pass(Duration.ofSeconds(1));
            deliver(DB_DOWN, rule);
            apply(DB_DOWN, rule, report(1_000 + i, i, 0, 1));
        }
        State before = read(DB_DOWN).orElseThrow();
        Outcome again = apply(DB_DOWN, rule, report);

        assertEquals(before, again.state());
        assertEquals(List.of(), again.effects());
    }

    @Test
    void countsTheReportsOfOneReporterEachOnceAndInOrder() {
        for (int sequence = 1; sequence <= 300; sequence++) {
            Event report = report(77, sequence, 0, 1);
            apply(DB_DOWN, FIVE, report);
            assertEquals(sequence, apply(DB_DOWN, FIVE, report).state().held());
        }
        assertEquals(List.of(new Reporter(77, 300)), read(DB_DOWN).orElseThrow().reporters());
    }

    @Test
    void remembersTheLast64Reporters() {
        for (int reporter = 1; reporter <= 64; reporter++) {
            apply(DB_DOWN, FIVE, report(reporter, 1, 0, 1));
        }
        assertEquals(64, apply(DB_DOWN, FIVE, report(1, 1, 0, 1)).state().held());
        apply(DB_DOWN, FIVE, report(65, 1, 0, 1));
        assertEquals(65, apply(DB_DOWN, FIVE, report(2, 1, 0, 1)).state().held());

        State state = apply(DB_DOWN, FIVE, report(1, 1, 0, 1)).state();
        assertEquals(66, state.held(), "the one that is out of sight is a new one");
        assertEquals(64, state.reporters().size());
    }

    @Test
    void answersTheOfferOfAReportedPassAsARepeatedOne() {
        Event.Offer offer = occurrence();
        apply(DB_DOWN, FIVE, Event.Report.passed(offer.id()));

        assertInstanceOf(Answer.Repeated.class, apply(DB_DOWN, FIVE, offer).answer());
        assertEquals(1, read(DB_DOWN).orElseThrow().done());
    }

    @Test
    void tellsNobodyAgainWhomSomebodyElseToldInsideTheWindow() {
        long at = now() - Duration.ofHours(1).toNanos() / 1_000;
        Event told = new Event.ToldBefore(5, at);
        apply(DB_DOWN, ONE, told);
        State after = read(DB_DOWN).orElseThrow();
        apply(DB_DOWN, ONE, told);
        apply(DB_DOWN, ONE, new Event.ToldBefore(6, at - 1));

        assertEquals(after, read(DB_DOWN).orElseThrow());
        assertEquals(at + ONE.window(), held(DB_DOWN, ONE).counts().next());
        pass(Duration.ofHours(2));
        deliver(DB_DOWN, ONE);
    }

    @Test
    void opensNothingForWhatWasToldSoLongAgoThatItIsOver() {
        apply(DB_DOWN, ONE, new Event.ToldBefore(5, now() - ONE.window()));
        deliver(DB_DOWN, ONE);
    }

    @Test
    void holdsWhileSomebodyElseHasItInHandAndThenAsItsRuleSays() {
        long since = now() - ONE.lease() / 2;
        Event inHand = new Event.InHandSince(5, 55, since);
        apply(DB_DOWN, ONE, inHand);
        State after = apply(DB_DOWN, ONE, inHand).state();

        assertEquals(1, after.live().size());
        assertEquals(since + ONE.lease(), after.live().get(0).until());
        assertEquals(Reason.IN_FLIGHT, held(DB_DOWN, ONE).reason());
        pass(Duration.ofNanos(ONE.lease() * 500));
        deliver(DB_DOWN, ONE);
        assertEquals(2, read(DB_DOWN).orElseThrow().held(), "the lost one, and the one that was held");
    }

    @Test
    void completesWhatWasInHandWhenItIsTold() {
        long since = now() - ONE.lease() / 2;
        apply(DB_DOWN, ONE, new Event.InHandSince(5, 55, since));
        State after = apply(DB_DOWN, ONE, new Event.ToldBefore(5, since)).state();

        assertEquals(List.of(), after.live());
        assertEquals(List.of(1L, since), List.of((long) after.done(), after.start()));
    }

    private Event.Report report(long reporter, long sequence, int done, long held) {
        return new Event.Report(
                reporter, sequence, OptionalLong.empty(), done, held, now() - 5_000_000, now() - 1_000_000);
    }

    @Test
    void keepsKeysVariantsAndFlowsApart() {
        deliver(DB_DOWN, ONE);
        held(DB_DOWN, ONE);

        deliver(Key.of("errors", "db-up"), ONE);
        deliver(Key.of("errors", "critical", "db-down"), ONE);
        deliver(Key.of("jobs", "db-down"), ONE);
        held(DB_DOWN, ONE);
    }

    @Test
    void takesAnySubject() {
        List<String> subjects = List.of(
                "a",
                "A",
                "a ",
                " a",
                "a:b",
                "a~b",
                "'; drop table keys; --",
                "ä",
                "a\u0308",
                "line\nbreak",
                "\u0000",
                "cut \ud83d",
                "日本語",
                "😀",
                "%",
                "_",
                "x".repeat(Key.MAX_SUBJECT_BYTES),
                "é".repeat(Key.MAX_SUBJECT_BYTES / 2));
        for (String subject : subjects) {
            deliver(Key.of("errors", subject), ONE);
        }
        for (String subject : subjects) {
            held(Key.of("errors", subject), ONE);
        }
    }

    @Test
    void holdsAsManyClaimsAsARuleMayHave() {
        Rule rule = Rule.allow(Rule.MAX_CLAIMED_LIMIT + " per 1h").build();
        List<Live> claims = new ArrayList<>();
        for (int i = 0; i < Rule.MAX_CLAIMED_LIMIT; i++) {
            claims.add(claim(DB_DOWN, rule));
        }
        assertEquals(claims, read(DB_DOWN).orElseThrow().live());
        assertEquals(Reason.IN_FLIGHT, held(DB_DOWN, rule).reason());
    }

    @Test
    void takesAnyNumberOfReportsUnderALargeLimit() {
        Rule rule = Rule.allow("10000 per 1d").charged().build();
        for (int i = 1; i <= 1_000; i++) {
            apply(DB_DOWN, rule, report(i, 1, 1, 1));
            apply(DB_DOWN, rule, Event.Report.passed(-i));
            pass(Duration.ofSeconds(1));
        }
        State after = apply(DB_DOWN, rule, report(1_000, 1, 1, 1)).state();

        assertEquals(List.of(2_000, 1_000L), List.of(after.done(), after.held()));
    }

    @Test
    void startsFromWhatItWroteLast() {
        Outcome first = apply(DB_DOWN, FIVE, occurrence());
        pass(Duration.ofSeconds(1));
        Outcome second = apply(DB_DOWN, FIVE, occurrence());

        assertEquals(State.EMPTY, first.before());
        assertEquals(first.state(), second.before());
        assertEquals(Optional.of(second.state()), read(DB_DOWN));
    }

    @Test
    void readsAStateAsItWasWrittenAndNoFurther() {
        claim(DB_DOWN, ONE);
        Optional<State> written = read(DB_DOWN);
        pass(Duration.ofDays(1));

        assertEquals(written, read(DB_DOWN));
        assertEquals(Optional.empty(), read(Key.of("errors", "never-seen")));
    }

    @Test
    void tellsTheTimeOfItsClock() {
        assertEquals(now(), store().now());
        pass(Duration.ofNanos(1_000));
        assertEquals(now(), store().now());
    }

    @Test
    void takesAClockThatIsALittleBehindAsStandingStill() {
        deliver(DB_DOWN, ONE);
        long touched = now();
        pass(Duration.ofSeconds(-10));
        Answer.Held held = held(DB_DOWN, ONE);

        assertEquals(touched, read(DB_DOWN).orElseThrow().touched());
        assertEquals(touched + ONE.window(), held.counts().next());
    }

    @Test
    void movesTheTimesOfAKeyWithAClockThatWasSetBack() {
        Live before = deliver(DB_DOWN, ONE);
        pass(Duration.ofSeconds(-200));
        Answer.Held held = held(DB_DOWN, ONE);
        assertEquals(now() + ONE.window(), held.counts().next());

        pass(Duration.ofHours(3));
        Live after = deliver(DB_DOWN, ONE);
        assertTrue(after.fence() > before.fence());
    }

    @Test
    void losesNoTimeWhenTheClockJumpsAhead() {
        Rule drop =
                Rule.allow("2 per 1h").digest(Digest.OFF).onLost(OnLost.DROP).build();
        claim(DB_DOWN, drop);
        pass(Duration.ofMinutes(50));
        Outcome outcome = apply(DB_DOWN, drop, occurrence());

        assertEquals(1, outcome.state().done());
        assertEquals(
                now() - Duration.ofMinutes(50).minus(Rule.DEFAULT_LEASE).toNanos() / 1_000,
                outcome.state().start());
    }

    @Test
    void appliesTheCommandsOfOneCallerInTheirOrder() {
        List<Event.Offer> offers = new ArrayList<>();
        List<CompletionStage<Outcome>> stages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Event.Offer offer = occurrence();
            offers.add(offer);
            stages.add(store().apply(new Command(DB_DOWN, FIVE, offer)));
        }
        for (int i = 0; i < 50; i++) {
            Answer answer = await(stages.get(i)).answer();
            if (i < 5) {
                Live claim = assertInstanceOf(Answer.Granted.class, answer).claim();
                assertEquals(offers.get(i).id(), claim.id());
                assertEquals(i == 2, claim.summary());
            } else {
                assertEquals(
                        i - 4,
                        assertInstanceOf(Answer.Held.class, answer).counts().held());
            }
        }
    }

    @Test
    void keepsTheMarkOfTheLastPass() {
        Rule margin = Rule.allow("once until reset").build();
        Event.Offer offer = new Event.Offer(1, 2, OptionalDouble.of(102.5), Event.Settle.NOW);
        assertInstanceOf(Answer.Passed.class, apply(DB_DOWN, margin, offer).answer());

        apply(DB_DOWN, margin, new Event.Reset(OptionalDouble.of(102)));
        held(DB_DOWN, margin);
        apply(DB_DOWN, margin, new Event.Reset(OptionalDouble.of(102.5)));
        deliver(DB_DOWN, margin);
    }

    @Test
    void keepsTheMarkOfAPassThatIsNotSettledYet() {
        Rule margin = Rule.allow("once until reset").build();
        Event.Offer offer = new Event.Offer(1, 2, OptionalDouble.of(102.5), Event.Settle.LATER);
        Live claim = assertInstanceOf(
                        Answer.Granted.class, apply(DB_DOWN, margin, offer).answer())
                .claim();

        apply(DB_DOWN, margin, new Event.Reset(OptionalDouble.of(102)));
        complete(DB_DOWN, margin, claim);
        held(DB_DOWN, margin);
    }

    @Test
    void refusesEveryCallOnceItIsClosed() {
        store().close();

        assertRefused(store().apply(new Command(DB_DOWN, ONE, occurrence())));
        assertRefused(store().read(DB_DOWN));
        assertRefused(store().due(1));
        assertRefused(store().nextDue());
        assertRefused(store().keys("errors", Optional.empty(), 1));
        assertRefused(store().forget(key -> Optional.of(ONE), 1));
    }

    private static void assertRefused(CompletionStage<?> stage) {
        ExecutionException refused = assertThrows(
                ExecutionException.class, () -> stage.toCompletableFuture().get(1, TimeUnit.SECONDS));
        assertInstanceOf(StoreException.class, refused.getCause());
    }
}
