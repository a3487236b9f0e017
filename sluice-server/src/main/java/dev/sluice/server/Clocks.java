package dev.sluice.server;

import java.time.InstantSource;
import java.util.Optional;

/**
 * Whose time holds.
 *
 * @param process what this process takes for the time: for what it shows and signs
 * @param stores what its stores take for the time; empty: a store that is a server has a clock of its own, which all
 *     processes share, and others go by that of the process
 */
public record Clocks(InstantSource process, Optional<InstantSource> stores) {
    /** The clock of the machine, and that of each server. */
    public static final Clocks SYSTEM = skewed(InstantSource.system());

    /** One clock for everything: for time that is moved by hand. */
    public static Clocks only(InstantSource clock) {
        return new Clocks(clock, Optional.of(clock));
    }

    /** A process whose clock is not that of its stores. */
    public static Clocks skewed(InstantSource process) {
        return new Clocks(process, Optional.empty());
    }
}
