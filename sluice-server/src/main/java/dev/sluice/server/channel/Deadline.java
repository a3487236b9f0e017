package dev.sluice.server.channel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When an attempt must be over.
 *
 * @param nanos on the scale of {@link System#nanoTime}
 */
record Deadline(long nanos) {
    /** What an attempt leaves of the time it was given, so that its answer still comes in time. */
    private static final int SHARE_PERCENT = 90;

    /** From now: 90 % of {@code allowed}, at most {@code most}. */
    static Deadline within(Duration allowed, Duration most) {
        long share = allowed.toNanos() / 100 * SHARE_PERCENT;
        return new Deadline(System.nanoTime() + Math.min(share, most.toNanos()));
    }

    long left() {
        return nanos - System.nanoTime();
    }

    boolean over() {
        return left() <= 0;
    }

    /** What is left, at most {@code most}, at least 1 ms because 0 would mean for ever. */
    int millis(Duration most) {
        return (int) Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(left()), most.toMillis()));
    }
}
