package dev.sluice.outbox;

import dev.sluice.Claim;
import dev.sluice.Key;
import dev.sluice.Reason;
import java.time.Instant;
import java.util.Optional;

/** The answer to an occurrence that was offered to the outbox. */
public sealed interface Acceptance {
    /**
     * It was decided, now or when the same request came before.
     *
     * @param word {@code pass}, {@code summary} or {@code suppress}
     * @param reason the word of the {@link dev.sluice.Reason}
     * @param key the key that was asked, or its overflow subject
     * @param counts how the key stood
     * @param next when the next one may pass; empty if only a reset helps
     * @param claim to settle, for flows without channels
     * @param message the message that was stored, for flows with channels
     * @param detail what there is to say beside the reason
     */
    record Decided(
            String word,
            String reason,
            Key key,
            Counts counts,
            Optional<Instant> next,
            Optional<Claim> claim,
            Optional<MessageRef> message,
            Optional<Detail> detail)
            implements Acceptance {
        /** An answer without anything to say beside its reason. */
        public Decided(
                String word,
                String reason,
                Key key,
                Counts counts,
                Optional<Instant> next,
                Optional<Claim> claim,
                Optional<MessageRef> message) {
            this(word, reason, key, counts, next, claim, message, Optional.empty());
        }

        /** The same answer with another time of the next pass. */
        Decided at(Optional<Instant> other) {
            return new Decided(word, reason, key, counts, other, claim, message, detail);
        }
    }

    /** What there is to say beside a reason. */
    sealed interface Detail {}

    /** In shadow: it would have been held, and for this reason. */
    record Would(Reason reason) implements Detail {}

    /** The key of the budget that refused it. */
    record Refused(Key budget) implements Detail {}

    /** The same id came before with another body. Nothing was done. */
    record IdConflict(String id) implements Acceptance {}

    /** How the key stood: occurrences seen in the window, delivered in it, held in the open tally. */
    record Counts(long occurrences, int delivered, long held) {}

    /** A stored message: its number and its state as the console names it. */
    record MessageRef(long id, String state) {}
}
