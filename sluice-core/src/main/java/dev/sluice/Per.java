package dev.sluice;

import java.util.Locale;

/** What each key of a budget stands for. */
public enum Per {
    /** Whom messages go to: each recipient has an allowance of its own. */
    RECIPIENT,
    /** A channel. */
    CHANNEL,
    /** A flow, all of its variants and subjects together. */
    FLOW,
    /** Everything that is charged to the budget. */
    EVERYTHING;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word for it outside Java. */
    public String word() {
        return word;
    }
}
