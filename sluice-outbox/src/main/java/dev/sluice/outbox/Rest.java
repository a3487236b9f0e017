package dev.sluice.outbox;

import dev.sluice.Backoff;
import dev.sluice.Micros;
import java.time.Duration;

/** How a channel rests that is down as a whole: longer each time, until an attempt reaches it. Safe for many threads. */
final class Rest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(1));

    private int failures;
    private long until = Micros.ABSENT;
    private Reach.State state = Reach.State.UNTRIED;
    private long since;
    private String why = "";

    /** @param now when it begins to be watched */
    Rest(long now) {
        since = now;
    }

    synchronized boolean resting(long now) {
        return now < until;
    }

    /** An attempt that began before the last rest did says nothing new. */
    synchronized void unreachable(long attemptStarted, long now, String found) {
        if (attemptStarted >= until) {
            failures++;
            until = now + BACKOFF.rest(failures);
        }
        become(Reach.State.DOWN, now, found);
    }

    synchronized void reached(long now) {
        failures = 0;
        become(Reach.State.REACHED, now, "");
    }

    private void become(Reach.State next, long now, String found) {
        if (state != next) {
            state = next;
            since = now;
        }
        why = found;
    }

    synchronized Reach reach(String channel) {
        return new Reach(channel, state, Micros.instant(since), why);
    }
}
