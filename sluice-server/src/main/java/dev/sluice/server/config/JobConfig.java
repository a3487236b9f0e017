package dev.sluice.server.config;

import dev.sluice.jobs.OnConflict;
import dev.sluice.jobs.Planned;
import dev.sluice.jobs.Retries;
import java.time.Duration;
import java.util.List;

/**
 * A kind of job of which there is one at a time for each subject.
 *
 * @param name of the kind; also the flow of its claims
 * @param handler what does the work
 * @param pace how long it may take, and how many at once
 * @param onConflict what becomes of a trigger that finds a job of its subject
 * @param words what it says
 * @param plan which subjects are due by themselves
 */
public record JobConfig(String name, Handler handler, Pace pace, OnConflict onConflict, Words words, Plan plan) {
    /** What does the work. */
    public sealed interface Handler {
        /** A POST for each step. */
        record Called(CallConfig call) implements Handler {}

        /** Workers that come for the jobs by themselves. */
        record Fetched() implements Handler {}
    }

    /** Whether workers come for its jobs. */
    public boolean isFetched() {
        return handler instanceof Handler.Fetched;
    }

    /**
     * How long a job may take, and how many at once.
     *
     * @param lease after a crash nobody else works on the subject for so long
     * @param longest an attempt that takes longer is cut off
     * @param workers how many run at once in this process
     * @param retries how a failed one is tried again
     */
    public record Pace(Duration lease, Duration longest, int workers, Retries retries) {}

    /**
     * What a job says.
     *
     * @param prefix what the names of its runs begin with
     * @param pending to whoever finds one in the way; the state follows
     */
    public record Words(String prefix, String pending) {}

    /**
     * Which subjects are due by themselves.
     *
     * @param tick how often is looked whether a job is missing
     * @param subjects of the configuration
     */
    public record Plan(Duration tick, List<Planned> subjects) {}
}
