package dev.sluice.outbox;

import java.util.List;

/**
 * Where messages go. Called by several threads at once, once per attempt; it must return within
 * {@link Outgoing#timeout}, which is shorter than the lease of the attempt.
 */
@FunctionalInterface
public interface Channel {
    /** Tries to deliver, and says what is known of the outcome. An exception reads as {@link Receipt.Unknown}. */
    Receipt send(Outgoing outgoing);

    /** Whether a delivery must say to whom it goes: a channel that does not know a receiver by itself. */
    default boolean addressed() {
        return false;
    }

    /**
     * To whom messages go that name nobody: each one gets a delivery of its own, tried again by itself. Empty where the
     * channel has but one receiver. Does not change.
     */
    default List<String> recipients() {
        return List.of();
    }

    /**
     * By what a recipient is known, however it is written. All spellings of one get one delivery of a message, and are
     * charged to budgets as one, together with those that are known by the same over other channels. Does not change,
     * does not block and never throws.
     */
    default String receiver(String recipient) {
        return Spelling.plain(recipient);
    }
}
