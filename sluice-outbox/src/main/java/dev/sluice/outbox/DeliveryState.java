package dev.sluice.outbox;

import java.util.Locale;

/** Where a delivery is. The word is the name in lower case; queries name it, too. */
enum DeliveryState {
    /** For its next attempt. */
    WAITING,
    /** An attempt is leased: running, or its process died. */
    SENDING,
    /** The receiver took it over. */
    ACCEPTED,
    /** The outcome of an attempt is not known, and the rule says not to try again. */
    ASSUMED,
    /** Given up. */
    DEAD,
    /** No longer wanted. */
    WITHDRAWN;

    private final String word = name().toLowerCase(Locale.ROOT);

    String word() {
        return word;
    }

    static DeliveryState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    boolean open() {
        return this == WAITING || this == SENDING;
    }
}
