package dev.sluice.redis;

import dev.sluice.Micros;
import dev.sluice.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the clock of the store shows, without asking it: the last time that it said, and what passed since. Stands still
 * rather than go back a little; goes back with a clock that was set back.
 */
final class ServerTime {
    private static final long PER_SECOND = 1_000_000;

    private final RedisClock clock;
    private volatile Said last = new Said(0, System.nanoTime());

    private record Said(long micros, long nanos) {
        long now() {
            return micros + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - nanos);
        }
    }

    ServerTime(RedisClock clock) {
        this.clock = clock;
    }

    /** The clock of the server, which nothing moves, showed this just now. */
    synchronized void said(long micros) {
        long taken = last.now();
        if (micros > taken || taken - micros > Step.JITTER) {
            last = new Said(micros, System.nanoTime());
        }
    }

    /** A step happened just now at this time. */
    void stepped(long micros) {
        if (clock instanceof RedisClock.Server server) {
            said(micros - server.offset().getAsLong());
        }
    }

    /** What the command TIME answers: seconds, and microseconds beyond them. */
    static long micros(List<byte[]> time) {
        return PER_SECOND * number(time.get(0)) + number(time.get(1));
    }

    private static long number(byte[] text) {
        return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
    }

    long now() {
        if (clock instanceof RedisClock.Client own) {
            return Micros.of(own.clock().instant());
        }
        long offset =
                clock instanceof RedisClock.Server server ? server.offset().getAsLong() : 0;
        return last.now() + offset;
    }
}
