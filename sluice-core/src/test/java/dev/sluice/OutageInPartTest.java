package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A part of a store is away: its keys go as their rules declare, and those of the other parts as ever. */
class OutageInPartTest {
    private static final int PARTS = 8;
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final Rule OPEN =
            Rule.allow("2 per 1h").onOutage(OnOutage.OPEN).build();
    private static final Rule CLOSED =
            Rule.allow("2 per 1h").onOutage(OnOutage.CLOSED).build();
    private static final OutageDoctrine.Settings BY_HAND =
            new OutageDoctrine.Settings(1_000, OutageDoctrine.Passes.REPORTED, Duration.ofMillis(100), Duration.ZERO);

    private static final Key LOST = in(3, "lost");
    private static final Key LOST_AS_WELL = in(5, "lost");
    private static final Key THERE = in(2, "there");

    /** What is away on purpose need not be told. */
    private final Logger warnings = Logger.getLogger(StoreWatch.class.getName());

    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final SharedStore.View view = shared.seen();
    private final AtomicLong ids = new AtomicLong(1_000);
    private final OutageDoctrine store = doctrine();
    private Duration at = Duration.ZERO;

    private static Key in(int part, String name) {
        return Stream.iterate(0, next -> next + 1)
                .map(next -> Key.of("errors", name + next))
                .filter(key -> key.shard() % PARTS == part)
                .findFirst()
                .orElseThrow();
    }

    private OutageDoctrine doctrine() {
        view.parts(PARTS);
        return OutageDoctrine.around(view, BY_HAND, clock, new Random(1));
    }

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void showWarnings() {
        warnings.setLevel(null);
    }

    private CompletionStage<Outcome> offer(Key key, Rule rule) {
        long id = ids.incrementAndGet();
        Event offer = new Event.Offer(id, id * 7, OptionalDouble.empty(), Event.Settle.LATER);
        return store.apply(new Command(key, rule, offer));
    }

    private Outcome ask(Key key, Rule rule) {
        return Gate.await(offer(key, rule));
    }

    private State state(Key key) {
        return Gate.await(shared.read(key)).orElse(State.EMPTY);
    }

    private void pass(Duration length) {
        at = at.plus(length);
        clock.set(at);
        store.look();
    }

    private void lose(SharedStore.Line how) {
        view.line(LOST, how);
        view.line(LOST_AS_WELL, how);
    }

    private void away() {
        lose(SharedStore.Line.CUT);
        assertThat(ask(LOST, TWO).elsewhere()).contains(Effect.Decider.LOCAL);
        store.look();
    }

    private void back() {
        lose(SharedStore.Line.UP);
        pass(Duration.ofSeconds(5));
        store.look();
        assertThat(store.outage()).isEmpty();
    }

    @Test
    void theProbeGoesWhereTheTroubleWas() {
        away();
        assertThat(store.outage(LOST)).isPresent();
        assertThat(store.outage(THERE)).isEmpty();
        assertThat(store.outage()).get().extracting(Outage::inPart).isEqualTo(true);
    }

    @Test
    void theOtherPartsThatAreAwayAreFoundBeforeTheirCallersWait() {
        away();
        store.look();
        assertThat(store.outage(LOST_AS_WELL)).isPresent();
        assertThat(store.outage(THERE)).isEmpty();
    }

    @Test
    void itsKeysGoAsTheirRulesDeclareAndThoseOfOtherPartsAsEver() {
        away();
        assertThat(ask(LOST, TWO).answer()).isInstanceOf(Answer.Passed.class);
        assertThat(ask(LOST, TWO).answer()).isInstanceOf(Answer.Held.class);
        assertThat(ask(in(3, "open"), OPEN).elsewhere()).contains(Effect.Decider.OPEN);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> ask(in(3, "closed"), CLOSED));
        for (Rule rule : new Rule[] {TWO, OPEN, CLOSED}) {
            Outcome outcome = ask(in(2, "there" + rule.onOutage()), rule);
            assertThat(outcome.answer()).isInstanceOf(Answer.Granted.class);
            assertThat(outcome.elsewhere()).isEmpty();
        }
        assertThat(state(LOST).seen()).isZero();
    }

    @Test
    void nobodyWaitsForAPartThatIsKnownToBeSilentAndNobodyElseWaitsAtAll() {
        lose(SharedStore.Line.SILENT);
        CompletionStage<Outcome> lost = offer(LOST, TWO);
        assertThat(ask(THERE, TWO).elsewhere()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(Gate.await(lost).elsewhere()).contains(Effect.Decider.LOCAL);
        pass(BY_HAND.patience());
        pass(BY_HAND.patience());
        assertThat(store.outage(LOST)).isPresent();
        assertThat(offer(LOST, TWO).toCompletableFuture()).isDone();
        assertThat(ask(THERE, TWO).elsewhere()).isEmpty();
    }

    @Test
    void whenItIsBackItKnowsWhatPassedAndWasHeldAndTheCapHolds() {
        away();
        for (int i = 0; i < 4; i++) {
            ask(LOST, TWO);
            ask(LOST_AS_WELL, TWO);
        }
        assertThat(store.figures().owed()).isEqualTo(9);
        back();
        assertThat(state(LOST).done()).isEqualTo(2);
        assertThat(state(LOST).held()).isEqualTo(3);
        assertThat(state(LOST_AS_WELL).done()).isEqualTo(2);
        assertThat(state(LOST_AS_WELL).held()).isEqualTo(2);
        assertThat(store.figures().owed()).isZero();
        assertThat(ask(LOST, TWO).answer()).isInstanceOf(Answer.Held.class);
        assertThat(shared.books(LOST).unaccounted()).isZero();
    }

    @Test
    void aPartThatIsBackWaitsForNoOther() {
        away();
        ask(LOST_AS_WELL, TWO);
        store.look();
        view.line(LOST, SharedStore.Line.UP);
        pass(Duration.ofSeconds(5));
        assertThat(store.outage(LOST)).isEmpty();
        assertThat(store.outage(LOST_AS_WELL)).isPresent();
        assertThat(store.outage()).isPresent();
        assertThat(state(LOST).done()).isEqualTo(1);
        assertThat(ask(LOST, TWO).elsewhere()).isEmpty();
        assertThat(ask(LOST_AS_WELL, TWO).elsewhere()).isPresent();
    }

    @Test
    void whatIsAskedOfAllPartsIsAskedUntilTheLastOfThemIsAway() {
        away();
        assertThat(Gate.await(store.due(10))).isEmpty();
        view.line(SharedStore.Line.CUT);
        shared.tell(Store.Listener::disconnected);
        store.look();
        assertThat(store.outage()).get().extracting(Outage::inPart).isEqualTo(false);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> Gate.await(store.due(10)));
        view.line(SharedStore.Line.UP);
        pass(Duration.ofSeconds(5));
        store.look();
        assertThat(store.outage()).isEmpty();
        assertThat(Gate.await(store.due(10))).isEmpty();
    }

    @Test
    void whatIsOwedCanBeTakenOfAllParts() {
        away();
        store.look();
        ask(LOST, TWO);
        ask(LOST, TWO);
        for (int i = 0; i < 3; i++) {
            ask(LOST_AS_WELL, TWO);
        }
        assertThat(store.takeOwed(100)).extracting(Command::key).contains(LOST, LOST_AS_WELL);
        assertThat(store.figures().owed()).as("looked up when its part is back").isEqualTo(1);
    }

    @Test
    void whatTheStoreLeftOpenIsOwedWhenTheProcessEndsWithoutIt() {
        ask(LOST, TWO);
        ask(LOST, TWO);
        lose(SharedStore.Line.SILENT);
        offer(LOST, TWO);
        offer(LOST, TWO);
        offer(LOST, TWO);
        pass(Duration.ofSeconds(1));
        assertThat(store.takeOwed(100)).as("the store may have counted them").isEmpty();
        store.finish();
        assertThat(store.takeOwed(100)).hasSize(3);
    }

    @Test
    void whatIsLookedUpWhenTheProcessEndsIsOwedOnceThoughTheAnswerComesLater() {
        ask(LOST, TWO);
        ask(LOST, TWO);
        lose(SharedStore.Line.SILENT);
        offer(LOST, TWO);
        offer(LOST, TWO);
        offer(LOST, TWO);
        pass(Duration.ofSeconds(1));
        lose(SharedStore.Line.SLOW);
        store.finish();
        assertThat(store.takeOwed(100)).hasSize(3);
        view.arrive();
        assertThat(store.takeOwed(100)).isEmpty();
        assertThat(store.figures().owed()).isZero();
    }

    @Test
    void aLookThatWaitedForOnePartGivesTheNextAllItsTime() {
        view.line(LOST, SharedStore.Line.SLOW);
        offer(LOST, TWO);
        pass(Duration.ofSeconds(1));
        view.line(THERE, SharedStore.Line.CUT);
        ask(THERE, TWO);
        Duration blocked = at.plusSeconds(3);
        view.loseAnswer(command -> view.part(command.key()) == view.part(THERE), () -> clock.set(blocked));
        pass(Duration.ofMillis(200));
        at = blocked;
        pass(Duration.ofMillis(50));
        assertThat(store.outage(THERE)).isPresent();
        assertThat(store.outage(LOST)).isEmpty();
        view.line(LOST, SharedStore.Line.UP);
        view.arrive();
        pass(Duration.ofMillis(10));
        assertThat(store.outage(LOST)).isEmpty();
    }

    @Test
    void aLookThatFailsLeavesNoOutageThatIsOver() {
        view.line(LOST, SharedStore.Line.CUT);
        ask(LOST, TWO);
        store.look();
        store.look();
        view.line(LOST_AS_WELL, SharedStore.Line.CUT);
        ask(LOST_AS_WELL, TWO);
        lose(SharedStore.Line.UP);
        view.loseAnswer(command -> view.part(command.key()) == view.part(LOST_AS_WELL), () -> {
            throw new IllegalStateException("a bug");
        });
        assertThatIllegalStateException().isThrownBy(() -> pass(Duration.ofSeconds(5)));
        assertThat(store.outage(LOST)).isEmpty();
        store.look();
        assertThat(store.outage()).isEmpty();
    }
}
