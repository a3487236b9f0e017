package dev.sluice.jobs;

import java.time.Duration;

/** How a run waits between two steps. */
@FunctionalInterface
interface Pauses {
    /**
     * Waits in the calling thread.
     *
     * @return false if there is to be no further step, because this process stops
     */
    boolean pause(Duration length);
}
