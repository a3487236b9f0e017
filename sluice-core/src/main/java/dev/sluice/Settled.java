package dev.sluice;

/**
 * A claim that ended, kept to answer repeated calls.
 *
 * @param fence its number
 * @param id the occurrence it was given for
 * @param end how it ended
 */
public record Settled(long fence, long id, End end) {
    /** How a claim ended. The order is part of the packed format. */
    public enum End {
        /** Completed. */
        DONE,
        /** Released or evicted. */
        BACK,
        /** Lost: nobody settled it before its deadline. */
        LOST,
        /** Lost, and completed afterwards. */
        LATE
    }
}
