package dev.sluice.jobs;

import java.time.Duration;

/** What a step of a run leads to. */
public sealed interface StepResult {
    /** The job is done; its row goes, and the next trigger starts a new one. */
    record Done() implements StepResult {}

    /**
     * Another step of the same run, under the same claim, if that is still held then.
     *
     * @param pause how long to wait before it, zero or more; the thread of the lane waits with it
     */
    record Again(Duration pause) implements StepResult {
        /** @throws IllegalArgumentException if the pause is negative */
        public Again {
            if (pause.isNegative()) {
                throw new IllegalArgumentException("the pause before the next step must not be negative: " + pause);
            }
        }
    }

    /** The job is done. */
    static StepResult done() {
        return new Done();
    }

    /** Another step after {@code pause}. */
    static StepResult again(Duration pause) {
        return new Again(pause);
    }
}
