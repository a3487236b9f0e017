package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Bucket;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A caller that got no answer calls again under the same id: how often its occurrence counts. */
class RepeatedCallTest {
    private static final Key KEY = Key.of("errors", "subject");

    /** Keys and messages in one database. */
    @Nested
    class Together extends WithOutbox {
        @Test
        void whatWasHeldAndNotAnsweredCountsOnce() {
            flow("errors", Rule.allow("1 per 1h").build());
            ask(this, "passes");
            losingItsCommit(this, "held");
            assertThat(ask(this, "held").word()).isEqualTo("suppress");
            assertThat(books("errors", Bucket.IN)).isEqualTo(2);
            assertThat(books("errors", Bucket.HELD)).isEqualTo(1);
        }
    }

    /** The store of keys counts before the database knows of the call, and remembers no ids of what it held. */
    @Nested
    class Apart extends WithOutbox {
        @Override
        boolean apart() {
            return true;
        }

        @Test
        void whatWasHeldCountsAgainForEachCallWhoseCommitWasLost() {
            flow("errors", Rule.allow("1 per 1h").build());
            ask(this, "passes");
            losingItsCommit(this, "held");
            losingItsCommit(this, "held");
            heldTimes(3);
        }

        @Test
        void whatWasHeldCountsAgainForEachCallWhoseReplyWasLostOnTheWayFromTheStore() {
            flow("errors", Rule.allow("1 per 1h").build());
            ask(this, "passes");
            losingItsReply("held");
            heldTimes(2);
        }

        /** And its answer is kept from then on. */
        private void heldTimes(long times) {
            assertThat(ask(this, "held").word()).isEqualTo("suppress");
            assertThat(ask(this, "held").word()).isEqualTo("suppress");
            assertThat(books("errors", Bucket.IN)).isEqualTo(1 + times);
            assertThat(books("errors", Bucket.HELD)).isEqualTo(times);
        }

        @Test
        void whatPassedCountsOnce() {
            flow("errors", Rule.allow("2 per 1h").build());
            losingItsReply("first");
            losingItsCommit(this, "second");
            assertThat(ask(this, "first").word()).isEqualTo("pass");
            assertThat(ask(this, "second").word()).isEqualTo("pass");
            outbox().tick();
            assertThat(books("errors", Bucket.IN)).isEqualTo(2);
            assertThat(books("errors", Bucket.DELIVERED)).isEqualTo(2);
            assertThat(mail().delivered()).hasSize(2);
        }

        /** Its message is never made ready: whoever is told that it passed would be told of nothing. */
        @Test
        void whatLostItsClaimBeforeItsMessageWasReadyIsNotAnsweredAsPassed() {
            flow("errors", Rule.allow("2 per 1h").lease(Duration.ofSeconds(2)).build());
            gateStore()
                    .faults(command ->
                            command.event() instanceof Event.Extend ? FaultyGate.Fault.BEFORE : FaultyGate.Fault.NONE);
            assertThatThrownBy(() -> ask(this, "first")).hasCauseInstanceOf(StoreException.class);
            gateStore().faults(command -> FaultyGate.Fault.NONE);
            clock.advance(Duration.ofSeconds(3));
            assertThatThrownBy(() -> ask(this, "first")).hasCauseInstanceOf(StoreException.class);
            pass(Duration.ofSeconds(11));
            assertThat(ask(this, "first").message()).isPresent();
            outbox().tick();
            assertThat(mail().delivered()).hasSize(1);
        }

        private void losingItsReply(String id) {
            gateStore()
                    .faults(command ->
                            command.event() instanceof Event.Offer ? FaultyGate.Fault.AFTER : FaultyGate.Fault.NONE);
            assertThatThrownBy(() -> ask(this, id)).hasCauseInstanceOf(StoreException.class);
            gateStore().faults(command -> FaultyGate.Fault.NONE);
        }
    }

    private static Acceptance.Decided ask(WithOutbox at, String id) {
        Optional<Occurrence.Request> request = Optional.of(new Occurrence.Request(id, "hash"));
        return (Acceptance.Decided) at.join(at.outbox().accept(WithOutbox.occurrence(KEY, id, request)));
    }

    /** In a process that ends before the database has the answer; the next one goes on. */
    private static void losingItsCommit(WithOutbox at, String id) {
        at.crashes = point -> {
            if (point == CrashPoints.Point.ACCEPT_BEFORE_COMMIT) {
                throw new StoreException("the database does not answer");
            }
        };
        at.restart();
        assertThatThrownBy(() -> ask(at, id)).hasCauseInstanceOf(StoreException.class);
        at.crashes = CrashPoints.NONE;
        at.restart();
    }
}
