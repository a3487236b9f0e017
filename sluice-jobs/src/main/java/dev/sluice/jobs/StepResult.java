package dev.sluice.jobs;

import java.time.Duration;
import java.util.Optional;

/** What a step of a run leads to. */
public sealed interface StepResult {
    /**
     * The job is done; its row goes, or becomes its follow-up.
     *
     * @param place where the next job of the subject goes on, written in the same step, unless a run with a higher fence
     *     has written its own; empty: it stays where it was
     */
    record Done(Optional<String> place) implements StepResult {
        /** @throws IllegalArgumentException if the place is too long */
        public Done {
            place = place.map(text -> Texts.bounded("the place where a job goes on", text));
        }
    }

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

    /**
     * Somebody outside goes on with it, who knows the token of the claim: {@link Lending} extends and settles it. If nobody
     * does, another attempt begins when the lease is over.
     *
     * @param holder who, for people, at most 200 characters
     */
    record Lent(String holder) implements StepResult {}

    /** The job is done. */
    static StepResult done() {
        return new Done(Optional.empty());
    }

    /** The job is done, and the next one of this subject goes on at {@code place}: at most 100,000 characters. */
    static StepResult done(String place) {
        return new Done(Optional.of(place));
    }

    /** Another step after {@code pause}. */
    static StepResult again(Duration pause) {
        return new Again(pause);
    }
}
