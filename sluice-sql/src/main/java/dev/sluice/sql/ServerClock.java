package dev.sluice.sql;

import dev.sluice.Micros;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The clock of a server as this process knows it: what it last said, and the time since. Safe for use by many threads.
 */
final class ServerClock {
    private final Optional<InstantSource> instead;
    private volatile Reading last = new Reading(Micros.of(Instant.now()), System.nanoTime());

    /** @param instead a clock to use in place of the server's */
    ServerClock(Optional<InstantSource> instead) {
        this.instead = instead;
    }

    private record Reading(long micros, long nanos) {}

    /** Takes what the server just said, and gives the time to use. */
    long read(long server) {
        if (instead.isPresent()) {
            return now();
        }
        last = new Reading(server, System.nanoTime());
        return server;
    }

    long now() {
        if (instead.isPresent()) {
            return Micros.of(instead.get().instant());
        }
        Reading known = last;
        return known.micros + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - known.nanos);
    }
}
