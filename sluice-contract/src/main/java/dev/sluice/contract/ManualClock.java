package dev.sluice.contract;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves only by hand, forwards or backwards. Safe for use by many threads. */
public final class ManualClock implements InstantSource {
    private Instant now;

    /** A clock that shows {@code start} until it is moved. */
    public ManualClock(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Moves the clock by {@code length}; back, if that is negative. */
    public synchronized void advance(Duration length) {
        now = now.plus(length);
    }

    /** Shows {@code time} from here on; it may lie before what was shown. */
    public synchronized void set(Instant time) {
        now = time;
    }

    @Override
    public String toString() {
        return "ManualClock[" + instant() + "]";
    }
}
