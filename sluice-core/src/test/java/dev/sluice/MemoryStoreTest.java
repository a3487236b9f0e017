package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is particular to memory: its bound. That it is a store is proven by the contract kit. */
class MemoryStoreTest {
    private static final Rule TWO = Rule.allow("2 per 1h").build();
    private static final Rule JOB = Rule.allow("exclusive").build();

    private final HandClock clock = new HandClock();
    private final MemoryStore store = new MemoryStore(3, clock);
    private long ids = 1;

    private Answer offer(String subject, Rule rule) {
        ids++;
        Event offer = new Event.Offer(ids, ids, OptionalDouble.empty(), Event.Settle.NOW);
        return apply(subject, rule, offer).answer();
    }

    private Outcome apply(String subject, Rule rule, Event event) {
        return Gate.await(store.apply(new Command(Key.of("errors", subject), rule, event)));
    }

    @Test
    void answersFullWhereThereIsNoRoomForANewKey() {
        for (String subject : new String[] {"a", "b", "c"}) {
            assertThat(offer(subject, TWO)).isInstanceOf(Answer.Passed.class);
        }
        assertThat(offer("d", TWO)).isEqualTo(new Answer.Full());
        assertThat(offer("a", TWO)).isInstanceOf(Answer.Passed.class);
        assertThat(store.size()).isEqualTo(3);
    }

    @Test
    void theOverflowSubjectAlwaysHasRoom() {
        for (String subject : new String[] {"a", "b", "c"}) {
            offer(subject, TWO);
        }
        assertThat(offer(Key.OVERFLOW, TWO)).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void whatIsNotNeededMakesRoom() {
        for (String subject : new String[] {"a", "b", "c"}) {
            offer(subject, JOB);
        }
        assertThat(offer("d", JOB)).as("within one lease of their last use").isEqualTo(new Answer.Full());
        clock.set(Rule.DEFAULT_LEASE);

        assertThat(offer("d", JOB)).isInstanceOf(Answer.Passed.class);
        assertThat(store.size()).isLessThanOrEqualTo(3);
    }

    @Test
    void aClaimAWindowAndWhatIsOwedNeverMakeRoom() {
        apply("claim", JOB, Lab.occurrence(1));
        long until = Micros.of(HandClock.START.plus(Duration.ofDays(30)));
        apply("claim", JOB, new Event.Extend(Micros.of(HandClock.START), 7, until));
        offer("window", Rule.allow("once per 7d").build());
        Rule owing = Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build();
        offer("owed", owing);
        offer("owed", owing);
        clock.set(Duration.ofDays(6));

        for (int i = 0; i < 20; i++) {
            assertThat(offer("new-" + i, JOB)).isEqualTo(new Answer.Full());
        }
    }

    @Test
    void whatTheBooksMustKeepMakesNoRoom() {
        Rule silent = Rule.allow("1 per 1h").digest(Digest.OFF).build();
        for (String subject : new String[] {"a", "b", "c"}) {
            offer(subject, silent);
            offer(subject, silent);
        }
        clock.set(Duration.ofDays(1));
        assertThat(offer("d", silent)).isEqualTo(new Answer.Full());
        Gate.await(store.forget(key -> java.util.Optional.of(silent), 10));

        assertThat(offer("d", silent)).isInstanceOf(Answer.Passed.class);
    }

    @Test
    void onlyAnOfferOrAReportBringsAKeyIntoBeing() {
        apply("a", TWO, new Event.Reset(OptionalDouble.empty()));
        apply("a", TWO, new Event.Take());
        apply("a", TWO, new Event.Complete(1, 1));
        assertThat(store.size()).isZero();
        apply("a", TWO, Lab.report(1, 1, 0, 0, 0));

        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("S4.12 a million signatures: memory is bounded, and the rest is answered as overflow")
    void aMillionSignaturesAreBounded() {
        try (Gate gate = Gate.over(new MemoryStore(1_000, clock))
                .flow("errors", TWO)
                .onDigest((key, tally) -> {})
                .manualTimer()
                .build()) {
            int passed = 0;
            for (int i = 0; i < 1_000_000; i++) {
                passed += gate.tryPass(Key.of("errors", "signature-" + i)) ? 1 : 0;
            }
            assertThat(passed).as("one of each key, and two of the overflow").isEqualTo(1_002);
        }
    }

    @Test
    @DisplayName("S4.12 a decision looks at as few keys in a full store of a hundred thousand as in one of a hundred")
    void aFullStoreLooksAtAFewKeysOnly() {
        assertThat(looksWhenFull(100_000)).isEqualTo(looksWhenFull(100));
    }

    /** Each look at a key reads the clock: how often a thousand offers for new keys did. */
    private static long looksWhenFull(int capacity) {
        AtomicLong looks = new AtomicLong();
        HandClock hand = new HandClock();
        try (MemoryStore full = new MemoryStore(capacity, () -> {
            looks.incrementAndGet();
            return hand.instant();
        })) {
            for (int i = 0; i < capacity + 1_000; i++) {
                if (i == capacity) {
                    looks.set(0);
                }
                Event offer = new Event.Offer(i, i, OptionalDouble.empty(), Event.Settle.NOW);
                Gate.await(full.apply(new Command(Key.of("errors", "signature-" + i), TWO, offer)));
            }
            assertThat(full.size()).isEqualTo(capacity);
        }
        return looks.get();
    }

    @Test
    void aStoreWithoutRoomIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryStore(0, clock));
    }
}
