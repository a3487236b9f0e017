package dev.sluice.outbox;

import java.util.Locale;

/** Where a message is. */
public enum MessageState {
    /** Its claim waits to be extended at the store of keys: nothing is delivered, and nobody was told of it yet. */
    PREPARED,
    /** On its way: no delivery was accepted yet. */
    PENDING,
    /** At least one delivery was accepted and its claim is settled. */
    DELIVERED,
    /** An attempt ended without a final reply and the rule assumes that it arrived. */
    ASSUMED,
    /** All deliveries were given up. */
    DEAD,
    /** An operator, or the flow, wanted it no longer. */
    WITHDRAWN;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word for it outside Java. */
    public String word() {
        return word;
    }
}
