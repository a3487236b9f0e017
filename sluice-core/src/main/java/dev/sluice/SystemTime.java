package dev.sluice;

import java.time.Instant;
import java.time.InstantSource;

/** The one place where the core reads a clock of the machine. */
final class SystemTime {
    private SystemTime() {}

    /** Time since the call: never set, only passes. What it shows is a length of time, not a date. */
    static InstantSource passing() {
        long start = System.nanoTime();
        return () -> Instant.EPOCH.plusNanos(System.nanoTime() - start);
    }
}
