package dev.sluice.outbox;

/** What is known after an attempt to deliver. Texts go to the console and the ledger: no secrets in them. */
public sealed interface Receipt {
    /** The receiver took it over. */
    record Accepted(String detail) implements Receipt {}

    /**
     * The receiver has not got it: it said no, or the attempt ended before the body was sent.
     *
     * @param permanent whether it is no use to try again
     */
    record Refused(String why, boolean permanent) implements Receipt {}

    /** The channel as a whole is down: nothing was sent, and the attempt does not count. */
    record Unreachable(String why) implements Receipt {}

    /** The body was sent and no final reply came: it may have arrived. */
    record Unknown(String why) implements Receipt {}
}
