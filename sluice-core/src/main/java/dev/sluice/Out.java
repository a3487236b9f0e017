package dev.sluice;

/**
 * A closed tally that waits to be told.
 *
 * @param number names it; rises with every tally and claim of the key
 * @param held how many were held
 * @param first when the first was held
 * @param last when the last was held
 * @param cause what closed it
 */
public record Out(long number, long held, long first, long last, Cause cause) {
    /** What closes a tally. The order is part of the packed format. */
    public enum Cause {
        /** The window ended. */
        WINDOW,
        /** Nothing was completed for as long as a window lasts. */
        FAILED,
        /** The condition is over. */
        RESET,
        /** Nobody reset the episode and it was idle for too long. */
        IDLE
    }

    Out shifted(long by) {
        return new Out(number, held, first - by, last - by, cause);
    }
}
