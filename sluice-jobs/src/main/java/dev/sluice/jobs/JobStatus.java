package dev.sluice.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * How a job stands.
 *
 * @param kind of job
 * @param subject it is about
 * @param data that it was triggered with
 * @param state where it stands
 * @param since when it was triggered
 * @param attempt the number of the attempt that runs or comes next; of a dead one, the last
 * @param next when it runs next; empty if it runs, or is dead
 * @param failure when and why it failed last
 * @param holder the process that runs it
 */
public record JobStatus(
        String kind,
        String subject,
        String data,
        JobState state,
        Instant since,
        int attempt,
        Optional<Instant> next,
        Optional<Failure> failure,
        Optional<String> holder) {
    /** When an attempt failed, and why, in the words of its exception. */
    public record Failure(Instant at, String reason) {}
}
