package dev.sluice.outbox;

/** What became of an attempt that was leased. */
sealed interface Tried {
    /** Its channel was asked. */
    record Given(Receipt receipt) implements Tried {}

    /** It was not handed to its channel in time: as if it had not been leased. */
    record NotBegun() implements Tried {}

    /** There is nobody to send it to just now. */
    record NoAddress() implements Tried {}

    /** Whether, or to whom, it goes could not be looked up just now. */
    record NoLookup(String why) implements Tried {}

    /** The last look took it back. */
    record Unwanted(String why) implements Tried {}

    /** All addresses that there are have deliveries of their own. */
    record Superfluous() implements Tried {}
}
