package dev.sluice;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Converts between {@code java.time} and the microseconds that the engine, and every packed state, counts in. */
public final class Micros {
    /** "No such time": the value of an absent time everywhere in the engine. Never a real time. */
    public static final long ABSENT = Long.MIN_VALUE;

    /** "Without end": the length of a window that only a reset closes. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** The longest length of time that a rule may use, 100 years; sums of times then fit 53 bits, which Lua needs. */
    public static final Duration LONGEST = Duration.ofDays(36_500);

    private static final long PER_SECOND = 1_000_000;

    private Micros() {}

    /** Microseconds since the epoch, rounded down. */
    public static long of(Instant time) {
        return time.getEpochSecond() * PER_SECOND + time.getNano() / 1_000;
    }

    /** Length in microseconds, rounded down. */
    public static long of(Duration length) {
        return length.getSeconds() * PER_SECOND + length.getNano() / 1_000;
    }

    /** The instant of {@code micros}, which must not be {@link #ABSENT}. */
    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
    }

    /** The instant of {@code micros}, empty if {@link #ABSENT} or {@link #FOREVER}. */
    public static Optional<Instant> maybe(long micros) {
        return micros == ABSENT || micros == FOREVER ? Optional.empty() : Optional.of(instant(micros));
    }

    /** The length of {@code micros}. */
    public static Duration duration(long micros) {
        return Duration.ofSeconds(Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
    }

    /** {@code time + length}, where {@link #FOREVER} stays without end. */
    static long plus(long time, long length) {
        return length == FOREVER ? FOREVER : time + length;
    }
}
