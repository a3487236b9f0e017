package dev.sluice.contract;

/** What is looked at after every step of a history. */
enum Check {
    /** The answer is that of the model. */
    ANSWER,
    /** The state is that of the model. */
    STATE,
    /** No more slots are used than the limit, beyond those that were told as overshoot. */
    CAP,
    /** Every pass and every tally has a number above all numbers before it. */
    FENCES,
    /** Every occurrence is in one bucket, and in the one that the model says. */
    BOOKS,
    /** The same event again changes nothing. */
    REPEAT,
    /** Time in two steps is time in one. */
    COMPOSES,
    /** The stored form reads back as what was written. */
    PACKED,
    /** Whoever looks when the key is due, and only then, tells everything that is owed, and in time. */
    DUE,
    /** Nobody can tell a forgotten key from one that was kept. */
    FORGET
}
