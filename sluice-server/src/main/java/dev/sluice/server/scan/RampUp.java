package dev.sluice.server.scan;

import dev.sluice.Micros;
import dev.sluice.server.config.ScanConfig;
import java.util.Optional;

/** Lets out so many in a time: what a first scan finds in years of old rows goes out bit by bit. Safe for use by many threads. */
final class RampUp {
    private final Optional<ScanConfig.Ramp> ramp;
    private long start = Long.MIN_VALUE;
    private int taken;

    RampUp(Optional<ScanConfig.Ramp> ramp) {
        this.ramp = ramp;
    }

    /** When the time began that counts now. */
    synchronized long start() {
        return start;
    }

    /** Whether one more may go at {@code now}; it is then taken. */
    synchronized boolean take(long now) {
        if (ramp.isEmpty()) {
            return true;
        }
        if (start == Long.MIN_VALUE
                || now < start
                || now - start >= Micros.of(ramp.get().window())) {
            start = now;
            taken = 0;
        }
        if (taken >= ramp.get().limit()) {
            return false;
        }
        taken++;
        return true;
    }

    /** One that was taken in the time that began at {@code of} did not go. */
    synchronized void giveBack(long of) {
        if (of == start) {
            taken = Math.max(0, taken - 1);
        }
    }
}
