package dev.sluice.outbox;

import java.time.Duration;

/**
 * What happens to a delivery that failed: tried again after {@code first * factor^(attempt - 1)}, at most {@code max},
 * more or less by {@code jitter}; given up after {@code attempts} or {@code giveUp}, whichever comes first.
 *
 * @param first wait after the first attempt
 * @param factor growth of the wait
 * @param max longest wait
 * @param jitter share of the wait that chance may add or take away, 0 (exact) to 1
 * @param from what the wait is counted from
 * @param attempts most attempts, at least 1
 * @param giveUp after how long without success the message is dead
 */
public record OnFailure(
        Duration first, double factor, Duration max, double jitter, From from, int attempts, Duration giveUp) {
    /** @throws IllegalArgumentException if a part is out of its range */
    public OnFailure {
        if (!positive(first) || max.compareTo(first) < 0 || !positive(giveUp)) {
            throw new IllegalArgumentException(
                    "the first wait and give-up must be more than 0, and max at least first");
        }
        if (!(factor >= 1 && factor <= 100) || !(jitter >= 0 && jitter <= 1) || attempts < 1) {
            throw new IllegalArgumentException("factor must be 1 to 100, jitter 0 to 1, and attempts at least 1");
        }
    }

    private static boolean positive(Duration length) {
        return !length.isNegative() && !length.isZero();
    }

    /** 5 s, doubling to at most 10 min, 20 % jitter, from the failure, 12 attempts, given up after 24 h. */
    public static final OnFailure STANDARD = new OnFailure(
            Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0.2, From.FAILURE, 12, Duration.ofHours(24));

    /** What a wait is counted from. */
    public enum From {
        /** The end of the failed attempt. */
        FAILURE,
        /** The start of the failed attempt; at once if the wait has passed by then. */
        START
    }
}
