package dev.sluice;

import java.util.Locale;

/** Why a decision is as it is. The lower-case name with dashes is the word used in the API, metrics and console. */
public enum Reason {
    /** The window still has room. */
    ALLOWED,
    /** The rule counts without claims and the window still has room: a budget. */
    CHARGED,
    /** This id was decided before; nothing was counted again. */
    REPEATED,
    /** As many as the rule allows were completed in this window. */
    LIMIT,
    /** The rest of the window is taken by claims that are not settled yet. */
    IN_FLIGHT,
    /** An attempt failed and the key rests. */
    BACKOFF,
    /** A budget around the flow refused. */
    BUDGET,
    /** Limiting is switched off for the flow: it passes, whatever its rule says. */
    SHADOW,
    /** The store is away, and this process decided by itself that there is room. */
    LOCAL,
    /** The store is away, and the rule lets everything pass until it is back. */
    OPEN,
    /** The store is full and this key is new: the answer is that of the flow's overflow subject. */
    OVERFLOW;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word for it outside Java. */
    public String word() {
        return word;
    }
}
