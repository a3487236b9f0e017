package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A store that answers by itself what the store behind it would certainly hold. */
class DenialCacheTest {
    private static final Key KEY = Key.of("errors", "db-down");
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final DenialCache.Settings BY_HAND =
            new DenialCache.Settings(100, Duration.ofSeconds(1), Duration.ZERO);

    private final HandClock clock = new HandClock();
    private final SharedStore shared = new SharedStore(clock);
    private final SharedStore.View view = shared.seen();
    private final DenialCache cache = DenialCache.around(view, BY_HAND, clock, new Random(1));
    private final AtomicLong ids = new AtomicLong(1_000);

    private Answer apply(Event event) {
        return apply(TWO, event);
    }

    private Answer apply(Rule rule, Event event) {
        return Gate.await(cache.apply(new Command(KEY, rule, event))).answer();
    }

    private Event.Offer occurrence() {
        return new Event.Offer(ids.incrementAndGet(), 1, OptionalDouble.empty(), Event.Settle.NOW);
    }

    private void fill() {
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
        assertThat(apply(occurrence())).isInstanceOf(Answer.Held.class);
    }

    private State state() {
        return Gate.await(shared.read(KEY)).orElseThrow();
    }

    private void hold(int many) {
        for (int i = 0; i < many; i++) {
            assertThat(apply(occurrence())).isInstanceOf(Answer.Held.class);
        }
    }

    private long asked() {
        return shared.asked();
    }

    @Test
    void aFullWindowIsDeniedWithoutTheStore() {
        fill();
        long before = asked();
        hold(50);
        assertThat(asked()).isEqualTo(before);
        assertThat(cache.hits()).isEqualTo(50);
        assertThat(cache.owed()).isEqualTo(50);
        assertThat(cache.entries()).isEqualTo(1);
        assertThat(state().held()).isEqualTo(1);
    }

    @Test
    void countsAreHandedBackBeforeAnAnswerIsTooOld() {
        fill();
        hold(50);
        clock.set(Duration.ofMillis(999));
        cache.handBack();
        assertThat(state().held()).isEqualTo(1);
        clock.set(Duration.ofSeconds(1));
        cache.handBack();
        assertThat(state().held()).isEqualTo(51);
        assertThat(state().last()).isEqualTo(Micros.of(HandClock.START));
        assertThat(cache.owed()).isZero();
        assertThat(cache.entries()).isZero();
    }

    @Test
    void theNextAnswerOfTheStoreCountsWhatWasHeldHere() {
        fill();
        hold(50);
        clock.set(Duration.ofSeconds(1));
        Answer.Held held = (Answer.Held) apply(occurrence());
        assertThat(held.counts().held()).isEqualTo(52);
        assertThat(held.counts().seen()).isEqualTo(54);
    }

    @Test
    void shortBeforeTheEndOfTheWindowTheStoreIsAskedAgain() {
        clock.set(Duration.ofMinutes(1));
        fill();
        clock.set(Duration.ofMinutes(61).minusMillis(400));
        hold(1);
        hold(9);
        long before = asked();
        clock.set(Duration.ofMinutes(61).minusMillis(251));
        hold(1);
        assertThat(asked()).isEqualTo(before);
        clock.set(Duration.ofMinutes(61).minusMillis(250));
        hold(1);
        assertThat(state().held()).as("nothing misses the tally of its window").isEqualTo(13);
        clock.set(Duration.ofMinutes(61));
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void anIdThatTheStoreWouldAnswerAgainGoesToIt() {
        Event.Offer passed = occurrence();
        apply(passed);
        fill2();
        assertThat(apply(passed)).isInstanceOf(Answer.Repeated.class);
        hold(1);
        assertThat(cache.hits()).as("the key is still known to be full").isEqualTo(1);
    }

    private void fill2() {
        apply(occurrence());
        hold(1);
    }

    @Test
    void aResetEndsItAndItsCountsBelongToTheTallyBefore() {
        fill();
        hold(5);
        apply(new Event.Reset(OptionalDouble.empty()));
        assertThat(cache.entries()).isZero();
        assertThat(state().out()).isNotNull().extracting(Out::held).isEqualTo(6L);
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void aResetOfAnotherProcessEndsItAsSoonAsItIsPushed() {
        fill();
        hold(5);
        Gate.await(shared.apply(new Command(KEY, TWO, new Event.Reset(OptionalDouble.empty()))));
        hold(1);
        shared.tell(listener -> listener.rearmed(KEY));
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
        cache.handBack();
        assertThat(state().held()).as("late, and not lost").isEqualTo(6);
        assertThat(cache.owed()).isZero();
    }

    @Test
    void aResetThatIsNotPushedIsSeenAfterASecond() {
        fill();
        Gate.await(shared.apply(new Command(KEY, TWO, new Event.Reset(OptionalDouble.empty()))));
        clock.set(Duration.ofMillis(999));
        hold(1);
        clock.set(Duration.ofSeconds(1));
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void anAnswerUnderWayDoesNotBringBackWhatAResetEnded() {
        apply(occurrence());
        apply(occurrence());
        view.next(SharedStore.Line.SLOW);
        var answer = cache.apply(new Command(KEY, TWO, occurrence()));
        Gate.await(shared.apply(new Command(KEY, TWO, new Event.Reset(OptionalDouble.empty()))));
        shared.tell(listener -> listener.rearmed(KEY));
        view.arrive();
        assertThat(Gate.await(answer).answer()).isInstanceOf(Answer.Held.class);
        assertThat(apply(occurrence())).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void withoutItsConnectionItKnowsNothing() {
        fill();
        hold(5);
        shared.tell(Store.Listener::disconnected);
        assertThat(cache.entries()).isZero();
        assertThat(cache.owed()).isEqualTo(5);
        cache.handBack();
        assertThat(cache.owed()).isZero();
        assertThat(state().held()).isEqualTo(6);
    }

    @Test
    void anAnswerThatSaysOtherwiseEndsIt() {
        Event.Offer passed = occurrence();
        apply(passed);
        fill2();
        hold(3);
        Gate.await(shared.apply(new Command(KEY, TWO, new Event.Reset(OptionalDouble.empty()))));
        assertThat(apply(passed)).isInstanceOf(Answer.Repeated.class);
        assertThat(cache.entries()).isZero();
        cache.handBack();
        assertThat(state().held()).isEqualTo(3);
    }

    @Test
    void anotherRuleIsAskedOfTheStore() {
        fill();
        hold(5);
        Rule more = Rule.allow("3 per 1h").build();
        assertThat(apply(more, occurrence())).isInstanceOf(Answer.Passed.class);
        assertThat(state().held()).isEqualTo(6);
    }

    @Test
    void aTallyIsCompleteWhenItIsTaken() {
        fill();
        hold(5);
        apply(new Event.Take());
        assertThat(state().held()).isEqualTo(6);
    }

    @Test
    void aReportThatFailsIsRepeatedAsItWasAndCountedOnce() {
        fill();
        hold(5);
        clock.set(Duration.ofSeconds(1));
        view.next(SharedStore.Line.CUT_BACKWARDS);
        cache.handBack();
        assertThat(state().held()).as("it arrived").isEqualTo(6);
        assertThat(cache.owed()).as("nobody knows").isEqualTo(5);
        cache.handBack();
        assertThat(cache.owed()).as("and it is not asked at once").isEqualTo(5);
        clock.set(Duration.ofSeconds(2));
        cache.handBack();
        assertThat(cache.owed()).isZero();
        assertThat(state().held()).isEqualTo(6);
    }

    @Test
    void aReportThatFailsIsCountedOnceHoweverManyClaimsOfTheKeyEndBeforeItIsRepeated() {
        fill();
        hold(5);
        clock.set(Duration.ofSeconds(1));
        view.next(SharedStore.Line.CUT_BACKWARDS);
        cache.handBack();
        for (int i = 0; i < 4; i++) {
            Gate.await(shared.apply(new Command(KEY, TWO, new Event.Reset(OptionalDouble.empty()))));
            Gate.await(shared.apply(new Command(KEY, TWO, occurrence())));
        }
        clock.set(Duration.ofSeconds(2));
        cache.handBack();
        assertThat(cache.owed()).isZero();
        assertThat(shared.books(KEY).get(Bucket.IN))
                .as("3, 5 that were held here, 4 of others")
                .isEqualTo(3 + 5 + 4);
    }

    @Test
    void whatIsHeldWhileAReportIsUnknownWaitsForItAndIsReportedNext() {
        fill();
        hold(5);
        clock.set(Duration.ofSeconds(1));
        view.next(SharedStore.Line.SLOW);
        cache.handBack();
        hold(1 + 7);
        shared.tell(Store.Listener::disconnected);
        clock.set(Duration.ofSeconds(3));
        cache.handBack();
        assertThat(cache.owed()).as("what is under way, and what came since").isEqualTo(5 + 7);
        assertThat(state().held()).isEqualTo(1 + 5 + 1);
        view.arrive();
        assertThat(cache.owed()).isZero();
        assertThat(state().held()).isEqualTo(1 + 5 + 1 + 7);
        assertThat(state().reporters()).hasSize(1);
    }

    @Test
    void knowsNoMoreKeysThanItHasRoomForAndLosesNoCounts() {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            Key key = Key.of("errors", "s" + i);
            keys.add(key);
            for (int j = 0; j < 5; j++) {
                Gate.await(cache.apply(new Command(key, TWO, occurrence())));
            }
        }
        assertThat(cache.entries()).isEqualTo(100);
        cache.close();
        for (Key key : keys) {
            assertThat(Gate.await(shared.read(key)).orElseThrow().held()).isEqualTo(3);
        }
    }

    @Test
    void nothingIsLostWhenItIsClosed() {
        fill();
        hold(20);
        view.next(SharedStore.Line.CUT_BACKWARDS);
        cache.close();
        assertThat(state().held()).isEqualTo(21);
        assertThat(cache.owed()).isZero();
    }

    @Test
    void whatAHangingStoreDidNotTakeAtTheEndIsHandedOutThoughItsThreadStillLooks() {
        fill();
        hold(3);
        view.line(SharedStore.Line.SILENT);
        assertThat(cache.finish()).isEqualTo(3);
        clock.set(Duration.ofSeconds(1));
        cache.handBack();
        clock.set(Duration.ofSeconds(3));
        cache.handBack();
        assertThat(cache.takeSent(100).stream().mapToLong(report -> ((Event.Report) report.event()).held()))
                .containsExactly(3L);
    }

    @Test
    void manyThreadsOnOneKeyAreCountedExactlyWhateverEndsTheDenial() throws InterruptedException {
        fill();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> hold(20_000));
            threads.add(thread);
            thread.start();
        }
        for (int look = 1; threads.stream().anyMatch(Thread::isAlive); look++) {
            clock.set(Duration.ofMillis(look));
            if (look % 3 == 0) {
                shared.tell(Store.Listener::disconnected);
            }
            cache.handBack();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        cache.close();
        assertThat(state().held()).isEqualTo(80_001);
    }

    @Test
    void refusesSettingsThatHandBackTooRarely() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DenialCache.Settings(0, Duration.ofSeconds(1), Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DenialCache.Settings(1, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }
}
