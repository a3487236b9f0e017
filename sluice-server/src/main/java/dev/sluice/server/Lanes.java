package dev.sluice.server;

import dev.sluice.server.job.UniqueJobs;
import dev.sluice.server.watch.Watching;

/** What acts, and so waits behind no message: what is done by levels, and jobs. */
record Lanes(Watching watching, UniqueJobs jobs) {
    /** Does what is due, where the clock is moved by hand. */
    void tick() {
        watching.tick();
        jobs.tick();
    }
}
