package dev.sluice.redis;

import dev.sluice.Micros;
import java.util.concurrent.TimeUnit;

/** What the clock of the store shows, without asking it: the last time that it said, and what passed since. */
final class ServerTime {
    private final RedisClock clock;
    private volatile Said last = new Said(0, System.nanoTime());

    private record Said(long micros, long nanos) {}

    ServerTime(RedisClock clock) {
        this.clock = clock;
    }

    /** The clock of the server, which nothing moves, showed this just now. */
    void said(long micros) {
        last = new Said(micros, System.nanoTime());
    }

    /** A step happened just now at this time. */
    void stepped(long micros) {
        if (clock instanceof RedisClock.Server server) {
            said(micros - server.offset().getAsLong());
        }
    }

    long now() {
        if (clock instanceof RedisClock.Client own) {
            return Micros.of(own.clock().instant());
        }
        Said said = last;
        long offset =
                clock instanceof RedisClock.Server server ? server.offset().getAsLong() : 0;
        return said.micros() + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - said.nanos()) + offset;
    }
}
