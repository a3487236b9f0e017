package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While its store is away, each rule does what it declares; when it is back, the store knows of everything. */
class OutageDoctrineTest {
    private static final Key KEY = Key.of("errors", "db-down");
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final Rule OPEN =
            Rule.allow("2 per 1h").onOutage(OnOutage.OPEN).build();
    private static final Rule CLOSED =
            Rule.allow("2 per 1h").onOutage(OnOutage.CLOSED).build();
    private static final OutageDoctrine.Settings BY_HAND =
            new OutageDoctrine.Settings(1_000, OutageDoctrine.Passes.REPORTED, Duration.ofMillis(100), Duration.ZERO);

    /** What is away on purpose need not be told. */
    private final Logger warnings = Logger.getLogger(StoreWatch.class.getName());

    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final SharedStore.View view = shared.seen();
    private final AtomicLong ids = new AtomicLong(1_000);
    private final OutageDoctrine store = doctrine(BY_HAND);
    private Duration at = Duration.ZERO;

    private OutageDoctrine doctrine(OutageDoctrine.Settings settings) {
        return OutageDoctrine.around(view, settings, clock, new Random(1));
    }

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void showWarnings() {
        warnings.setLevel(null);
    }

    private Event.Offer occurrence() {
        return occurrence(ids.incrementAndGet());
    }

    private static Event.Offer occurrence(long id) {
        return new Event.Offer(id, id * 7, OptionalDouble.empty(), Event.Settle.LATER);
    }

    private Outcome ask(Rule rule, Event event) {
        return Gate.await(store.apply(new Command(KEY, rule, event)));
    }

    private Answer answer(Rule rule, Event event) {
        return ask(rule, event).answer();
    }

    private void fails(Rule rule, Event event) {
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> ask(rule, event));
    }

    private State state() {
        return Gate.await(shared.read(KEY)).orElse(State.EMPTY);
    }

    private void pass(Duration length) {
        at = at.plus(length);
        clock.set(at);
        store.look();
    }

    private void away() {
        view.line(SharedStore.Line.CUT);
        fails(CLOSED, occurrence());
        store.look();
        assertThat(store.outage()).isPresent();
    }

    private void back() {
        view.line(SharedStore.Line.UP);
        pass(Duration.ofSeconds(5));
        assertThat(store.outage()).isEmpty();
    }

    @Test
    void aStoreThatIsThereIsAsked() {
        Outcome outcome = ask(TWO, occurrence());
        assertThat(outcome.answer()).isInstanceOf(Answer.Granted.class);
        assertThat(outcome.elsewhere()).isEmpty();
    }

    @Test
    void locallyAsManyPassAsTheRuleAllowsAndCountAtOnce() {
        away();
        Outcome first = ask(TWO, occurrence());
        assertThat(first.answer()).isInstanceOf(Answer.Passed.class);
        assertThat(first.elsewhere()).contains(Effect.Decider.LOCAL);
        assertThat(Decision.of(KEY, TWO, first).facts().reason()).isEqualTo(Reason.LOCAL);
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Passed.class);
        Answer.Held held = (Answer.Held) answer(TWO, occurrence());
        assertThat(held.reason()).isEqualTo(Reason.LIMIT);
        assertThat(held.sample()).isTrue();
        assertThat(store.figures()).isEqualTo(new OutageDoctrine.Figures(2, 1, 0, 1, 3));
    }

    @Test
    void whenTheStoreIsBackItKnowsWhatPassedAndWasHeldAndTheCapHolds() {
        away();
        for (int i = 0; i < 5; i++) {
            ask(TWO, occurrence());
        }
        back();
        assertThat(state().done()).isEqualTo(2);
        assertThat(state().held()).isEqualTo(3);
        assertThat(state().first()).isEqualTo(Micros.of(HandClock.START));
        assertThat(store.figures().owed()).isZero();
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Held.class);
    }

    @Test
    void anIdThatPassedLocallyIsAnsweredAgainByTheStoreItself() {
        away();
        Event.Offer offer = occurrence();
        assertThat(answer(TWO, offer)).isInstanceOf(Answer.Passed.class);
        assertThat(answer(TWO, offer)).isInstanceOf(Answer.Repeated.class);
        back();
        assertThat(answer(TWO, offer)).isInstanceOf(Answer.Repeated.class);
        assertThat(state().done()).isEqualTo(1);
    }

    @Test
    void whatWasAllowedLocallyIsNotAllowedAgainWhenTheStoreGoesAwayAgainWithinTheWindow() {
        away();
        ask(TWO, occurrence());
        ask(TWO, occurrence());
        back();
        away();
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Held.class);
        pass(Duration.ofHours(1));
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void openlyEverythingPassesAndIsReported() {
        away();
        for (int i = 0; i < 50; i++) {
            Outcome outcome = ask(OPEN, occurrence());
            assertThat(outcome.elsewhere()).contains(Effect.Decider.OPEN);
            assertThat(Decision.of(KEY, OPEN, outcome).facts().reason()).isEqualTo(Reason.OPEN);
            assertThat(Decision.of(KEY, OPEN, outcome).passes()).isTrue();
        }
        back();
        assertThat(state().done()).isEqualTo(50);
        assertThat(answer(OPEN, occurrence())).isInstanceOf(Answer.Held.class);
    }

    @Test
    void closedNothingIsDecidedAndThatSaysWhy() {
        away();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> ask(CLOSED, occurrence()))
                .withMessageContaining("errors")
                .withMessageContaining("the connection was lost")
                .withMessageContaining("try again");
        fails(Rule.allow("exclusive").build(), occurrence());
        back();
        assertThat(state().seen()).isZero();
    }

    @Test
    void aClaimOfTheStoreCannotBeSettledWhileItIsAwayAndCanAfterwards() {
        Live claim = ((Answer.Granted) answer(TWO, occurrence())).claim();
        away();
        Event complete = new Event.Complete(claim.fence(), claim.nonce());
        fails(TWO, complete);
        fails(TWO, new Event.Reset(OptionalDouble.empty()));
        fails(TWO, Lab.report(1, 0, 1, 0, 0));
        back();
        assertThat(answer(TWO, complete)).isEqualTo(new Answer.Ok());
    }

    @Test
    void nobodyWaitsLongerThanTheRuleSays() {
        Rule patient =
                Rule.allow("2 per 1h").answerWithin(Duration.ofSeconds(3)).build();
        view.line(SharedStore.Line.SILENT);
        CompletionStage<Outcome> one = store.apply(new Command(KEY, TWO, occurrence()));
        CompletionStage<Outcome> other = store.apply(new Command(KEY, patient, occurrence()));
        pass(Duration.ofMillis(999));
        assertThat(one.toCompletableFuture()).isNotDone();
        pass(Duration.ofMillis(1));
        assertThat(Gate.await(one).elsewhere()).contains(Effect.Decider.LOCAL);
        assertThat(other.toCompletableFuture()).isNotDone();
        pass(Duration.ofMillis(100));
        pass(Duration.ofMillis(100));
        assertThat(store.outage())
                .as("a probe waits no longer than its patience, and the second tells")
                .isPresent();
        assertThat(Gate.await(other).elsewhere())
                .as("nobody waits for what is known")
                .contains(Effect.Decider.LOCAL);
        assertThat(store.apply(new Command(KEY, TWO, occurrence())).toCompletableFuture())
                .isDone();
    }

    @Test
    void whoeverHasLessPatienceThanTheRuleIsAnsweredSooner() {
        view.line(SharedStore.Line.SILENT);
        Command command = new Command(KEY, TWO, occurrence()).within(Micros.of(Duration.ofMillis(50)));
        CompletionStage<Outcome> offer = store.apply(command);
        CompletionStage<Optional<State>> look = store.read(KEY, Micros.of(Duration.ofMillis(50)));
        pass(Duration.ofMillis(49));
        assertThat(offer.toCompletableFuture()).isNotDone();
        assertThat(look.toCompletableFuture()).isNotDone();
        pass(Duration.ofMillis(1));
        assertThat(Gate.await(offer).answer()).isInstanceOf(Answer.Passed.class);
        assertThat(look.toCompletableFuture()).isCompletedExceptionally();
        assertThat(new Command(KEY, TWO, occurrence()).within(Micros.FOREVER).patience())
                .isEqualTo(TWO.answerWithin());
    }

    @Test
    void oneAnswerThatIsMissedDoesNotMakeTheStoreAway() {
        view.next(SharedStore.Line.CUT);
        assertThat(ask(TWO, occurrence()).elsewhere()).isPresent();
        store.look();
        assertThat(store.outage()).isEmpty();
        assertThat(ask(TWO, occurrence()).elsewhere()).isEmpty();
        assertThat(state().done() + state().live().size()).isEqualTo(2);
    }

    @Test
    void oneProbeWithoutAnAnswerIsAskedAgainAndTheSecondTells() {
        view.line(SharedStore.Line.SLOW);
        store.apply(new Command(KEY, TWO, occurrence()));
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        assertThat(store.outage()).as("one probe was not answered").isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(store.outage())
                .as("answer-within and two probes after it fell silent")
                .isPresent();
    }

    @Test
    void aStoreThatAnswersTheSecondProbeIsThere() {
        view.line(SharedStore.Line.SLOW);
        store.apply(new Command(KEY, TWO, occurrence()));
        pass(Duration.ofSeconds(1));
        view.line(SharedStore.Line.UP);
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1));
        assertThat(store.outage()).isEmpty();
    }

    @Test
    void aStoreThatIsReadAndTakesNothingIsAwayUntilItTakesStepsAgain() {
        view.refuse(command -> command.event().brings());
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Passed.class);
        store.look();
        assertThat(store.outage()).get().extracting(Outage::why).isEqualTo("refused");
        pass(Duration.ofSeconds(5));
        assertThat(store.outage()).isPresent();

        view.refuse(command -> false);
        back();
        assertThat(state().done()).isEqualTo(1);
    }

    @Test
    void aProbeLeavesNothingThatMustBeKept() {
        away();
        back();
        assertThat(shared.books(Probe.KEY)).isEqualTo(Books.EMPTY);
        assertThat(Gate.await(shared.read(Probe.KEY))).isPresent();
        pass(Duration.ofMinutes(1));
        Flows none = new Flows(Map.of(Budget.FLOW, Turns.RULE));
        assertThat(Gate.await(store.forget(none, 100))).containsExactly(new Store.Forgotten(Probe.KEY, Books.EMPTY));
        assertThat(Gate.await(shared.read(Probe.KEY))).isEmpty();
    }

    @Test
    void aLostConnectionIsLookedIntoAtOnce() {
        view.line(SharedStore.Line.CUT);
        shared.tell(Store.Listener::disconnected);
        store.look();
        assertThat(store.outage()).isPresent();
    }

    @Test
    void aClaimWhoseAnswerCameTooLateForALocalPassIsCompleted() {
        CompletionStage<Outcome> answer = tooLate(TWO, occurrence(1));
        assertThat(Gate.await(answer).answer()).isInstanceOf(Answer.Passed.class);
        view.arrive();
        store.look();
        assertThat(state().live()).isEmpty();
        assertThat(state().done()).as("one pass, one slot").isEqualTo(1);
        assertThat(state().seen()).isEqualTo(1);
    }

    private CompletionStage<Outcome> tooLate(Rule rule, Event.Offer offer) {
        view.next(SharedStore.Line.SLOW);
        CompletionStage<Outcome> answer = store.apply(new Command(KEY, rule, offer));
        pass(Duration.ofSeconds(1));
        return answer;
    }

    @Test
    void aClaimThatNobodyElseCanHaveIsGivenBackIfItsAnswerCameTooLateForAClosedRule() {
        CompletionStage<Outcome> answer = tooLate(CLOSED, Event.Offer.unnamed(new Random(3), Event.Settle.LATER));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> Gate.await(answer));
        view.arrive();
        store.look();
        assertThat(state().used()).isZero();
    }

    @Test
    void aClaimThatItsCallerMayAskForAgainElsewhereWaitsForIt() {
        CompletionStage<Outcome> answer = tooLate(CLOSED, occurrence(1));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> Gate.await(answer));
        view.arrive();
        store.look();
        assertThat(state().live()).hasSize(1);
        assertThat(answer(CLOSED, occurrence(1))).isInstanceOf(Answer.Granted.class);
        assertThat(state().live()).hasSize(1);
    }

    @Test
    void whoeverRetriesBeforeTheLateAnswerIsUnderstoodKeepsItsClaim() {
        CompletionStage<Outcome> answer = tooLate(CLOSED, occurrence(1));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> Gate.await(answer));
        Live claim = ((Answer.Granted) answer(CLOSED, occurrence(1))).claim();
        view.arrive();
        store.look();
        assertThat(state().live()).containsExactly(claim);
    }

    @Test
    void whoeverRetriesWhatPassedLocallyPassesOnce() {
        CompletionStage<Outcome> answer = tooLate(TWO, occurrence(1));
        assertThat(Gate.await(answer).answer()).isInstanceOf(Answer.Passed.class);
        assertThat(answer(TWO, occurrence(1))).isInstanceOf(Answer.Repeated.class);
    }

    @Test
    void aPassWhoseOfferArrivedAndWhoseAnswerWasLostIsCountedOnce() {
        view.line(SharedStore.Line.CUT_BACKWARDS);
        assertThat(ask(TWO, occurrence()).answer()).isInstanceOf(Answer.Passed.class);
        store.look();
        assertThat(store.outage()).isPresent();
        assertThat(state().live()).hasSize(1);
        back();
        assertThat(state().live()).isEmpty();
        assertThat(state().done()).isEqualTo(1);
        assertThat(state().seen()).isEqualTo(1);
    }

    @Test
    void aPassWhoseOfferNeverArrivedIsReported() {
        view.line(SharedStore.Line.CUT);
        assertThat(ask(TWO, occurrence()).answer()).isInstanceOf(Answer.Passed.class);
        store.look();
        back();
        assertThat(state().done()).isEqualTo(1);
        assertThat(state().seen()).isEqualTo(1);
    }

    @Test
    void aStoreThatGoesAwayAgainWhileItIsToldLearnsEverythingOnce() {
        away();
        for (int i = 0; i < 40; i++) {
            Key key = Key.of("errors", "s" + i);
            for (int j = 0; j < 5; j++) {
                Gate.await(store.apply(new Command(key, TWO, occurrence())));
            }
        }
        int round = 0;
        for (; store.outage().isPresent(); round++) {
            view.line(SharedStore.Line.UP);
            view.cutAfter(17);
            if (round % 2 == 0) {
                view.next(SharedStore.Line.CUT_BACKWARDS);
            }
            pass(Duration.ofSeconds(5));
            assertThat(round).isLessThan(50);
        }
        assertThat(round).isGreaterThan(3);
        view.line(SharedStore.Line.UP);
        pass(Duration.ofSeconds(5));
        for (int i = 0; i < 40; i++) {
            State state = Gate.await(shared.read(Key.of("errors", "s" + i))).orElseThrow();
            assertThat(state.done()).isEqualTo(2);
            assertThat(state.held()).isEqualTo(3);
        }
    }

    @Test
    void aKeyThatIsArmedInTheStoreIsArmedHere() {
        away();
        ask(TWO, occurrence());
        ask(TWO, occurrence());
        back();
        ask(TWO, new Event.Reset(OptionalDouble.empty()));
        away();
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Passed.class);
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Passed.class);
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Held.class);
        assertThat(answer(TWO, occurrence())).as("known").isInstanceOf(Answer.Held.class);
        shared.tell(listener -> listener.rearmed(KEY));
        assertThat(answer(TWO, occurrence())).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void aPassIsCountedOnceHoweverManyClaimsEndBeforeItIsReportedAgain() {
        away();
        Event.Offer passed = occurrence();
        ask(TWO, passed);
        view.loseAnswer(
                command ->
                        command.event() instanceof Event.Report && command.key().equals(KEY),
                () -> {
                    for (long id = 1; id <= 5; id++) {
                        claimAndWithdraw(id);
                    }
                });
        back();
        assertThat(state().settled()).noneMatch(ended -> ended.id() == passed.id());
        assertThat(state().done()).isEqualTo(1);
        assertThat(shared.books(KEY).get(Bucket.DELIVERED)).isEqualTo(1);
        assertThat(store.figures().owed()).isZero();
    }

    private void claimAndWithdraw(long id) {
        Answer.Granted granted = (Answer.Granted)
                Gate.await(shared.apply(new Command(KEY, TWO, occurrence(id)))).answer();
        Event back = new Event.Release(granted.claim().fence(), granted.claim().nonce(), Event.Why.WITHDRAWN);
        Gate.await(shared.apply(new Command(KEY, TWO, back)));
    }

    @Test
    void passesOfOneKeyAreReportedOneAfterTheOther() {
        away();
        Rule many = Rule.allow("40 per 1h").build();
        for (int i = 0; i < 50; i++) {
            ask(many, occurrence());
        }
        back();
        assertThat(state().done()).isEqualTo(40);
        assertThat(state().held()).isEqualTo(10);
        assertThat(state().reporters())
                .containsExactly(new Reporter(state().reporters().get(0).id(), 41));
    }

    @Test
    void aCallerThatKeepsPassesSaferReportsThemByItself() {
        OutageDoctrine leaving = doctrine(BY_HAND.leavingPasses());
        view.line(SharedStore.Line.CUT);
        Event.Offer offer = occurrence();
        Gate.await(leaving.apply(new Command(KEY, TWO, offer)));
        Gate.await(leaving.apply(new Command(KEY, TWO, occurrence())));
        Gate.await(leaving.apply(new Command(KEY, TWO, occurrence())));
        leaving.look();
        view.line(SharedStore.Line.UP);
        clock.set(Duration.ofSeconds(5));
        leaving.look();
        assertThat(leaving.outage()).isEmpty();
        assertThat(state().done()).isZero();
        assertThat(state().held()).isEqualTo(1);
        Gate.await(leaving.apply(new Command(KEY, TWO, Event.Report.passed(offer.id()))));
        assertThat(state().done()).isEqualTo(1);
    }

    @Test
    void withMoreKeysThanItHasRoomForTheFlowAnswersByItsOverflow() {
        away();
        for (int i = 0; i < 1_000; i++) {
            Gate.await(store.apply(new Command(Key.of("errors", "s" + i), TWO, occurrence())));
            Gate.await(store.apply(new Command(Key.of("open", "s" + i), OPEN, occurrence())));
        }
        assertThat(answer(TWO, occurrence())).isEqualTo(new Answer.Full());
        assertThat(answer(OPEN, occurrence())).isEqualTo(new Answer.Full());
        assertThat(Gate.await(store.apply(new Command(KEY.overflow(), OPEN, occurrence())))
                        .answer())
                .isInstanceOf(Answer.Passed.class);
    }

    @Test
    void whatIsOwedWhenAProcessEndsIsToldBeforeItsStoreCloses() {
        view.next(SharedStore.Line.CUT);
        ask(TWO, occurrence());
        assertThat(store.figures().owed()).isEqualTo(1);
        store.close();
        assertThat(state().done()).isEqualTo(1);
        assertThat(view.closed()).isTrue();
    }
}
