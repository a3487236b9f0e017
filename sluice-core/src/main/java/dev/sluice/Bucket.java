package dev.sluice;

import java.util.Locale;

/** Where an occurrence is in the books. Each acknowledged one is in exactly one bucket from PENDING to DEAD. */
public enum Bucket {
    /** All that were acknowledged: the sum of the buckets from PENDING to DEAD. */
    IN,
    /** Passed, and not settled yet. */
    PENDING,
    /** Went out. */
    DELIVERED,
    /** Claim lost under {@link OnLost#DROP}: counted as gone out, not known. */
    ASSUMED,
    /** Held in an open tally. */
    HELD,
    /** Held in a closed tally that nobody was told of yet. */
    OWED,
    /** Held, and told in a digest that was delivered. */
    REPORTED,
    /** Held under a rule that tells nobody. */
    KEPT,
    /** Released by the caller or an operator: not wanted any more. */
    WITHDRAWN,
    /** Given up after all attempts. */
    DEAD,
    /** Beside the books: completions above the limit. */
    OVERSHOOT,
    /** Beside the books: ids that were offered again. */
    REPEATED,
    /** Beside the books: input of which nothing could be known. */
    UNKNOWN,
    /** Beside the books: went out in shadow, where the rule would have held them. */
    SHADOWED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word for it outside Java. */
    public String word() {
        return word;
    }

    /** Whether the bucket is part of the sum that must equal {@link #IN}. */
    public boolean balanced() {
        return this != IN && compareTo(OVERSHOOT) < 0;
    }
}
