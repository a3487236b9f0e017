package dev.sluice;

import java.util.Optional;

/** What the step answers to an event. */
public sealed interface Answer {
    /** To an offer: it may go out, and here is the claim to settle. */
    record Granted(Live claim, Counts counts) implements Answer {}

    /** To an offer: it may go out, and it is counted already; there is nothing to settle. */
    record Passed(boolean summary, Counts counts) implements Answer {}

    /**
     * To an offer: it is held.
     *
     * @param sample whether it is the 1st, 10th, 100th ... held one of its tally, worth keeping as an example
     */
    record Held(Reason reason, boolean sample, Counts counts) implements Answer {}

    /** To an offer whose id was settled before: how. */
    record Repeated(Settled before, Counts counts) implements Answer {}

    /** To an offer or report: the store has no room for a new key. Not the step, only a bounded store answers so. */
    record Full() implements Answer {}

    /** It is so. */
    record Ok() implements Answer {}

    /** The claim ended otherwise; nothing was done for this caller. */
    record Stale() implements Answer {}

    /** To a take. */
    record Taken(Optional<Out> tally) implements Answer {}

    /**
     * How a key stands after an offer.
     *
     * @param seen occurrences since the window was last closed
     * @param done completions in the open window
     * @param held held ones in the open tally
     * @param next when the next occurrence may pass: now if there is room, {@link Micros#FOREVER} if only a reset helps
     */
    record Counts(long seen, int done, long held, long next) {}
}
