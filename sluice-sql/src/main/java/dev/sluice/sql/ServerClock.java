package dev.sluice.sql;

import dev.sluice.Micros;
import dev.sluice.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The clock of a server as this process knows it: what it last said, and the time since. Stands still rather than go back a
 * little; goes back with a clock that was set back. Safe for use by many threads.
 */
final class ServerClock {
    private final Optional<InstantSource> instead;
    private final long ahead;
    private volatile Reading last = new Reading(Micros.of(Instant.now()), System.nanoTime(), false);

    private ServerClock(Optional<InstantSource> instead, Duration ahead) {
        this.instead = instead;
        this.ahead = Micros.of(ahead);
    }

    /** The clock of the server, or one to use in its place. */
    static ServerClock of(Optional<InstantSource> instead) {
        return new ServerClock(instead, Duration.ZERO);
    }

    /** The clock of the server, taken to be so much ahead of what it shows: for tests. */
    static ServerClock movedBy(Duration ahead) {
        return new ServerClock(Optional.empty(), ahead);
    }

    /** @param said whether the server said so, or it is a guess */
    private record Reading(long micros, long nanos, boolean said) {
        long now() {
            return micros + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - nanos);
        }
    }

    /** Takes what the server just said, and gives the time to use. */
    synchronized long read(long server) {
        if (instead.isPresent()) {
            return now();
        }
        long taken = last.now();
        if (!last.said || server > taken || taken - server > Step.JITTER) {
            last = new Reading(server, System.nanoTime(), true);
        }
        return server + ahead;
    }

    long now() {
        return instead.map(clock -> Micros.of(clock.instant())).orElseGet(() -> last.now() + ahead);
    }
}
