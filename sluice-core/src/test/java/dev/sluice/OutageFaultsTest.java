package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that is only half away: slow, refusing a part of what it is told, or away for one of several processes. */
class OutageFaultsTest {
    private static final Key KEY = Key.of("errors", "db-down");
    private static final Key DAMAGED = Key.of("errors", "damaged");
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final Rule EXCLUSIVE =
            Rule.allow("exclusive").lease(Duration.ofMinutes(5)).build();
    private static final OutageDoctrine.Settings BY_HAND =
            new OutageDoctrine.Settings(1_000, OutageDoctrine.Passes.REPORTED, Duration.ofMillis(100), Duration.ZERO);

    /** What is away on purpose need not be told. */
    private final Logger warnings = Logger.getLogger(StoreWatch.class.getName());

    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final SharedStore.View view = shared.seen();
    private final AtomicLong ids = new AtomicLong(1_000);
    private Duration at = Duration.ZERO;

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void showWarnings() {
        warnings.setLevel(null);
    }

    private OutageDoctrine doctrine(OutageDoctrine.Settings settings) {
        return OutageDoctrine.around(view, settings, clock, new Random(1));
    }

    private static Event.Offer occurrence(long id) {
        return new Event.Offer(id, id * 7, OptionalDouble.empty(), Event.Settle.LATER);
    }

    private Outcome offer(Store store, Key key, Rule rule) {
        return Gate.await(store.apply(new Command(key, rule, occurrence(ids.incrementAndGet()))));
    }

    private State state(Key key) {
        return Gate.await(shared.read(key)).orElse(State.EMPTY);
    }

    private void pass(OutageDoctrine store, Duration length) {
        at = at.plus(length);
        clock.set(at);
        store.look();
    }

    @Test
    void aKeyThatNobodyCanReadIsNotDecidedHereAndIsNoOutage() {
        OutageDoctrine store = doctrine(BY_HAND);
        shared.damage(DAMAGED);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> offer(store, DAMAGED, TWO))
                .withMessageContaining("errors:damaged cannot be read");
        assertThat(offer(store, KEY, TWO).answer()).isInstanceOf(Answer.Granted.class);
        pass(store, Duration.ofSeconds(1));
        assertThat(store.outage()).isEmpty();
        assertThat(store.figures().owed()).isZero();
    }

    @Test
    void whatWasAnsweredAboutAKeyThatThenNobodyCanReadIsNotLookedUpForEverAndToldOnceItIsMended() {
        OutageDoctrine store = doctrine(BY_HAND);
        view.next(SharedStore.Line.SILENT);
        CompletionStage<Outcome> answer = store.apply(new Command(DAMAGED, TWO, occurrence(1)));
        pass(store, Duration.ofSeconds(1));
        assertThat(Gate.await(answer).answer()).isInstanceOf(Answer.Passed.class);
        shared.damage(DAMAGED);
        view.arrive();
        for (int i = 0; i < 300; i++) {
            pass(store, Duration.ofMillis(10));
        }
        assertThat(shared.reads()).isEqualTo(1);
        assertThat(store.figures().owed()).isEqualTo(1);

        shared.mend(DAMAGED);
        pass(store, Duration.ofSeconds(2));
        assertThat(store.figures().owed()).isZero();
        assertThat(state(DAMAGED).done()).isEqualTo(1);
    }

    @Test
    void aKeyThatRefusesForLongIsLookedUpOnceASecondAndItsOffersAreNotPiledUp() {
        OutageDoctrine store = doctrine(
                new OutageDoctrine.Settings(5, OutageDoctrine.Passes.REPORTED, Duration.ofMillis(100), Duration.ZERO));
        view.refuse(command -> command.key().equals(KEY));
        view.refuseReads(KEY::equals);
        for (int i = 0; i < 50; i++) {
            assertThat(offer(store, KEY, TWO).elsewhere()).isPresent();
        }
        for (int i = 0; i < 300; i++) {
            pass(store, Duration.ofMillis(10));
        }
        assertThat(shared.reads()).as("at most five, at most once a second").isBetween(5L, 20L);
        assertThat(store.figures().owed()).isEqualTo(50);

        view.refuse(command -> false);
        view.refuseReads(key -> false);
        for (int i = 0; i < 5; i++) {
            pass(store, Duration.ofSeconds(1));
        }
        assertThat(store.figures().owed()).isZero();
        assertThat(state(KEY).done()).isEqualTo(2);
        assertThat(state(KEY).held()).isEqualTo(48);
    }

    @Test
    void aLocalPassThatItsCallerReportsBeforeTheLateAnswerComesIsCountedOnce() {
        OutageDoctrine store = doctrine(BY_HAND.leavingPasses());
        Event.Offer offer = occurrence(1);
        view.next(SharedStore.Line.SLOW);
        CompletionStage<Outcome> answer = store.apply(new Command(KEY, TWO, offer));
        pass(store, Duration.ofSeconds(1));
        assertThat(Gate.await(answer).answer()).isInstanceOf(Answer.Passed.class);

        Gate.await(store.apply(new Command(KEY, TWO, Event.Report.passed(offer.id()))));
        view.arrive();
        store.look();
        assertThat(state(KEY).live()).isEmpty();
        assertThat(state(KEY).done()).as("one pass, one slot").isEqualTo(1);
    }

    @Test
    void aLocalPassThatItsCallerCouldNotKeepIsNotCompletedAndPassesAgain() {
        OutageDoctrine store = doctrine(BY_HAND.leavingPasses());
        Command offer = new Command(KEY, TWO, occurrence(1));
        view.next(SharedStore.Line.SLOW);
        CompletionStage<Outcome> answer = store.apply(offer);
        pass(store, Duration.ofSeconds(1));
        assertThat(Gate.await(answer).answer()).isInstanceOf(Answer.Passed.class);
        Outcome again = Gate.await(store.apply(offer));
        assertThat(again.answer()).as("there is nobody else to ask yet").isInstanceOf(Answer.Passed.class);
        assertThat(again.elsewhere()).as("so that its caller reports it").isPresent();

        view.arrive();
        store.look();
        assertThat(state(KEY).done()).as("nobody said that it went out").isZero();
        assertThat(Gate.await(store.apply(offer)).answer()).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void aKeyThatCannotBeToldKeepsTheOthersFromNothing() {
        OutageDoctrine store = doctrine(BY_HAND);
        view.line(SharedStore.Line.CUT);
        offer(store, KEY, TWO);
        offer(store, DAMAGED, TWO);
        store.look();
        assertThat(store.outage()).isPresent();
        offer(store, KEY, TWO);
        offer(store, DAMAGED, TWO);

        view.line(SharedStore.Line.UP);
        view.refuse(command -> command.key().equals(DAMAGED));
        for (int i = 0; i < 20; i++) {
            pass(store, Duration.ofSeconds(5));
        }
        assertThat(store.outage()).isEmpty();
        assertThat(state(KEY).done()).isEqualTo(2);
        assertThat(store.figures().owed()).as("it is not forgotten").isEqualTo(2);
    }

    @Test
    void whatAStoreRefusesToCountDoesNotPileUp() {
        OutageDoctrine store = doctrine(BY_HAND);
        view.refuse(command -> command.event() instanceof Event.Offer || command.event() instanceof Event.Report);
        for (int i = 0; i < 3_000; i++) {
            offer(store, KEY, TWO);
            pass(store, Duration.ofMillis(10));
        }
        long before = shared.asked();
        pass(store, Duration.ofSeconds(2));
        assertThat(shared.asked() - before).as("sent again after 30 s").isLessThan(20);
        assertThat(store.figures().owed()).isEqualTo(3_000);

        view.refuse(command -> false);
        for (int i = 0; i < 4; i++) {
            pass(store, Duration.ofSeconds(2));
        }
        assertThat(store.figures().owed()).isZero();
        assertThat(state(KEY).done()).isEqualTo(2);
        assertThat(state(KEY).held()).isEqualTo(2_998);
    }

    @Test
    void whatIsOwedAfterALongTimeIsBounded() {
        Owings owings = new Owings(Owings.Places.of(10));
        for (int i = 0; i < 1_000; i++) {
            owings.passed(new Command(KEY, TWO, occurrence(i)), i);
            owings.held(new Command(Key.of("errors", "s" + i), TWO, occurrence(i)), i);
        }
        assertThat(owings.owed()).isEqualTo(2_000);
        List<Owed> all = new ArrayList<>(owings.take(10_000, Set.of()));
        assertThat(all).hasSizeLessThan(30);
        assertThat(all.stream().mapToLong(Owed::occurrences).sum()).isEqualTo(2_000);
        assertThat(owings.owed()).isZero();
    }

    @Test
    void aClaimThatAnotherProcessHasUnderTheSameIdForAMessageIsNotGivenBack() {
        Rule closed = Rule.allow("2 per 1h").onOutage(OnOutage.CLOSED).build();
        OutageDoctrine one = doctrine(BY_HAND);
        view.line(SharedStore.Line.CUT_BACKWARDS);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> Gate.await(one.apply(new Command(KEY, closed, occurrence(1)))));
        one.look();
        assertThat(one.outage()).isPresent();

        OutageDoctrine other = OutageDoctrine.around(shared.seen(), BY_HAND, clock, new Random(2));
        Live claim = ((Answer.Granted) Gate.await(other.apply(new Command(KEY, closed, occurrence(1))))
                        .answer())
                .claim();
        long giveUp = claim.until() + Micros.of(Duration.ofHours(24));
        Gate.await(other.apply(new Command(KEY, closed, new Event.Extend(claim.fence(), claim.nonce(), giveUp))));

        view.line(SharedStore.Line.UP);
        pass(one, Duration.ofSeconds(5));
        assertThat(one.outage()).isEmpty();
        assertThat(state(KEY).live()).hasSize(1);
    }

    @Test
    void whoeverHasAClaimFromAnotherProcessUnderTheSameIdKeepsIt() {
        OutageDoctrine one = doctrine(BY_HAND);
        view.line(SharedStore.Line.CUT_BACKWARDS);
        Event.Offer offer = occurrence(1);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> Gate.await(one.apply(new Command(KEY, EXCLUSIVE, offer))));
        one.look();
        assertThat(one.outage()).isPresent();

        OutageDoctrine other = OutageDoctrine.around(shared.seen(), BY_HAND, clock, new Random(2));
        Answer again = Gate.await(other.apply(new Command(KEY, EXCLUSIVE, occurrence(1))))
                .answer();
        assertThat(again).isInstanceOf(Answer.Granted.class);

        view.line(SharedStore.Line.UP);
        pass(one, Duration.ofSeconds(5));
        assertThat(one.outage()).isEmpty();
        assertThat(offer(other, KEY, EXCLUSIVE).answer()).as("one holder").isInstanceOf(Answer.Held.class);
    }
}
