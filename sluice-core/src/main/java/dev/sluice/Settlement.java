package dev.sluice;

/** What became of a complete, release or extend. */
public enum Settlement {
    /** It is so now, or was so already. */
    OK,
    /** The claim had ended otherwise: lost, released, evicted or unknown. Nothing was done for this caller. */
    STALE
}
