package dev.sluice.outbox;

import dev.sluice.Backoff;
import dev.sluice.Micros;
import java.time.Duration;

/** How a channel rests that is down as a whole: longer each time, until an attempt reaches it. Safe for many threads. */
final class Rest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(1));

    private int failures;
    private long until = Micros.ABSENT;

    synchronized boolean resting(long now) {
        return now < until;
    }

    /** An attempt that began before the last rest did says nothing new. */
    synchronized void unreachable(long attemptStarted, long now) {
        if (attemptStarted >= until) {
            failures++;
            until = now + BACKOFF.rest(failures);
        }
    }

    synchronized void reached() {
        failures = 0;
    }
}
