package dev.sluice.jobs;

import java.time.Duration;

/** What becomes of a trigger that finds a job of its subject. A running job is never cancelled by one. */
public sealed interface OnConflict {
    /** The trigger is refused, and told what is in its way. */
    OnConflict REJECT = new Reject();

    /** The job runs once more after the trigger, with the latest data. */
    OnConflict AFTER = new After();

    /** What waits is replaced, and runs now, before others that are due. */
    OnConflict PRE_EMPT = new PreEmpt();

    /** See {@link #REJECT}. */
    record Reject() implements OnConflict {}

    /**
     * One that waits takes the data of the trigger over and stays where it stands; behind one that runs there is exactly
     * one follow-up, which has the data of the latest trigger.
     */
    record After() implements OnConflict {}

    /**
     * One that waits, rests or is dead is replaced in one step by one that is due now. Behind one that runs it takes the
     * place of the follow-up.
     */
    record PreEmpt() implements OnConflict {}

    /**
     * The job runs when no trigger has come for {@code quiet}, with the data of the latest. One that rests after a failure
     * takes the data over, and its rest is not cut short.
     *
     * @param quiet how long no trigger may have come, more than zero
     * @param most the job waits no longer than this after the first trigger, at least {@code quiet}
     */
    record Debounce(Duration quiet, Duration most) implements OnConflict {
        /** @throws IllegalArgumentException if a part is out of its range */
        public Debounce {
            if (quiet.isNegative() || quiet.isZero()) {
                throw new IllegalArgumentException("the quiet of a debounced job must be more than zero, not " + quiet);
            }
            if (most.compareTo(quiet) < 0) {
                throw new IllegalArgumentException(
                        "a debounced job waits at least its quiet of " + quiet + ", not at most " + most);
            }
        }
    }
}
