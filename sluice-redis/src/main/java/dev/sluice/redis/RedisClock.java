package dev.sluice.redis;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Where the time of a step comes from. Safe for use by many threads. */
public sealed interface RedisClock {
    /** The clock of the server: the only one that several processes can share. */
    static RedisClock server() {
        return new Server(() -> 0);
    }

    /** The clock of the server, moved by as many microseconds as {@code offset} says: for tests. */
    static RedisClock movedBy(LongSupplier offset) {
        return new Server(offset);
    }

    /** A clock of this process: for tests in virtual time. */
    static RedisClock of(InstantSource clock) {
        return new Client(clock);
    }

    /** See {@link #movedBy}. */
    record Server(LongSupplier offset) implements RedisClock {}

    /** See {@link #of}. */
    record Client(InstantSource clock) implements RedisClock {}
}
