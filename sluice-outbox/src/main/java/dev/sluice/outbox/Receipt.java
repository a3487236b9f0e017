package dev.sluice.outbox;

import java.time.Duration;

/** What is known after an attempt to deliver. Texts go to the console and the ledger: no secrets in them. */
public sealed interface Receipt {
    /** The receiver took it over. */
    record Accepted(String detail) implements Receipt {}

    /**
     * The receiver has not got it: it said no, or the attempt ended before the body was sent.
     *
     * @param permanent whether it is no use to try again
     * @param retryAfter how long the receiver asks to be left alone; zero if it asks for nothing. The next attempt waits
     *     at least so long, as far as the message is not given up before
     */
    record Refused(String why, boolean permanent, Duration retryAfter) implements Receipt {
        /** @throws IllegalArgumentException if {@code retryAfter} is negative */
        public Refused {
            if (retryAfter.isNegative()) {
                throw new IllegalArgumentException("nobody can be asked to wait " + retryAfter);
            }
        }

        /** Without a wish of the receiver. */
        public Refused(String why, boolean permanent) {
            this(why, permanent, Duration.ZERO);
        }
    }

    /** The channel as a whole is down: nothing was sent, and the attempt does not count. */
    record Unreachable(String why) implements Receipt {}

    /** The body was sent and no final reply came: it may have arrived. */
    record Unknown(String why) implements Receipt {}
}
