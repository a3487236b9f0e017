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
    /** What closes a tally. */
    public enum Cause {
        /** The window ended. */
        WINDOW(0),
        /** Nothing was completed for as long as a window lasts. */
        FAILED(1),
        /** The condition is over. */
        RESET(2),
        /** Nobody reset the episode and it was idle for too long. */
        IDLE(3);

        private final int code;

        Cause(int code) {
            this.code = code;
        }

        /** Its number in the packed format. */
        int code() {
            return code;
        }
    }

    Out shifted(long by) {
        return new Out(number, held, first - by, last - by, cause);
    }
}
