package dev.sluice;

/** What a step did to the key, beyond the answer: for the ledger, the books and the metrics. */
public sealed interface Effect {
    /** A claim was settled by the event; its occurrence is now in {@code bucket}. */
    record Ended(Live claim, Bucket bucket) implements Effect {}

    /** A claim reached its deadline; assumed delivered under {@link OnLost#DROP}, held otherwise. */
    record Lost(Live claim, boolean assumed) implements Effect {}

    /** A tally was closed and waits to be told. */
    record Closed(Out tally) implements Effect {}

    /** A tally was closed and nobody wants it told, or its key was forgotten before anybody asked. */
    record Kept(long held) implements Effect {}

    /** A closed tally was told. */
    record Told(Out tally) implements Effect {}

    /** The key was armed again. */
    record Armed(Out.Cause cause) implements Effect {}

    /** What was decided elsewhere was counted. */
    record Reported(int done, long held) implements Effect {}

    /** What somebody else told before opened the window, or moved its beginning; it is in no bucket of the books. */
    record Inherited(long at) implements Effect {}

    /** What somebody else has in hand was given a claim: its occurrence is one of this key from now on. */
    record TakenOver(Live claim) implements Effect {}

    /**
     * The step was not made in the store: it moves nothing in the books until the store is told by a report. The states
     * of such an outcome are what this process knows of the key.
     */
    record Elsewhere(Decider by) implements Effect {}

    /** Who decides while the store is not asked. */
    enum Decider {
        /** A denial cache, which knows that the window is full. */
        CACHE,
        /** This process by itself, under {@link OnOutage#LOCAL}. */
        LOCAL,
        /** Nobody: everything passes, under {@link OnOutage#OPEN}. */
        OPEN
    }

    /** More were completed than the limit: by a late completion, or while the store was away. */
    record Overshoot(int by) implements Effect {}
}
