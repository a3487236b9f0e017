package dev.sluice;

/** What a rule answers while the store is away. */
public enum OnOutage {
    /**
     * Each process decides by itself, under the same rule: at most the limit times (processes + 1) in one window. What
     * it let pass and held is handed to the store when that is back.
     */
    LOCAL,
    /** Everything passes, and is handed to the store as passed when that is back. */
    OPEN,
    /** Nothing is decided: the caller gets a {@link StoreException} and tries again later. */
    CLOSED
}
