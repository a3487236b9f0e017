package dev.sluice;

import java.time.Duration;

/** What a reset ("the condition is over") does to a key. */
public sealed interface OnReset {
    /** The key is armed again at once. */
    OnReset REARM = new Rearm();

    /** Nothing: the window alone decides. */
    OnReset IGNORE = new Ignore();

    /** The key is armed again once {@code dwell} has passed without a further occurrence. */
    static OnReset after(Duration dwell) {
        return new After(dwell);
    }

    /** See {@link #REARM}. */
    record Rearm() implements OnReset {}

    /** See {@link #IGNORE}. */
    record Ignore() implements OnReset {}

    /**
     * See {@link #after}.
     *
     * @param dwell how long the condition must stay over, at least a microsecond
     */
    record After(Duration dwell) implements OnReset {
        /** @throws IllegalArgumentException if the dwell is not positive or is longer than 36500 days */
        public After {
            if (Micros.of(dwell) < 1 || dwell.compareTo(Micros.LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "the dwell of a reset must be at least a microsecond and at most 36500d");
            }
        }
    }
}
