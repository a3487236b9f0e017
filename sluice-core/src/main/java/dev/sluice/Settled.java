package dev.sluice;

/**
 * A claim that ended, kept to answer repeated calls.
 *
 * @param fence its number
 * @param id the occurrence it was given for; {@link #NOBODY} if a budget took the claim back and holds the occurrence
 * @param end how it ended
 */
public record Settled(long fence, long id, End end) {
    /** In place of an id that is a new one if it comes again. */
    public static final long NOBODY = 0;

    /** How a claim ended. */
    public enum End {
        /** Completed. */
        DONE(0),
        /** Released or evicted. */
        BACK(1),
        /** Lost: nobody settled it before its deadline. */
        LOST(2),
        /** Lost, and completed afterwards. */
        LATE(3);

        private final int code;

        End(int code) {
            this.code = code;
        }

        /** Its number in the packed format. */
        int code() {
            return code;
        }
    }
}
