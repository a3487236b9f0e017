package dev.sluice.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * How a job stands.
 *
 * @param kind of job
 * @param subject it is about
 * @param state where it stands
 * @param origin what it was triggered with
 * @param progress how far it is
 * @param followUp what runs after it
 */
public record JobStatus(
        String kind, String subject, JobState state, Origin origin, Progress progress, Optional<Origin> followUp) {
    /**
     * What a trigger gave.
     *
     * @param id names the run for people: the prefix of its kind, its subject and the second, since 1970 in UTC, for which
     *     it was asked. That there is one job is kept by its row, not by this
     * @param data for the handler
     * @param since when it was triggered
     * @param by who triggered it
     */
    public record Origin(String id, String data, Instant since, String by) {}

    /**
     * How far a job is.
     *
     * @param attempt the number of the attempt that runs or comes next; of a dead one, the last
     * @param next when it runs next; empty if it runs, or is dead
     * @param failure when and why it failed last
     * @param holder the process that runs it
     */
    public record Progress(int attempt, Optional<Instant> next, Optional<Failure> failure, Optional<String> holder) {}

    /** When an attempt failed, and why, in the words of its exception. */
    public record Failure(Instant at, String reason) {}

    /** See {@link Origin}. */
    public String id() {
        return origin.id();
    }

    /** See {@link Origin}. */
    public String data() {
        return origin.data();
    }

    /** See {@link Origin}. */
    public Instant since() {
        return origin.since();
    }

    /** See {@link Progress}. */
    public int attempt() {
        return progress.attempt();
    }

    /** See {@link Progress}. */
    public Optional<Instant> next() {
        return progress.next();
    }

    /** See {@link Progress}. */
    public Optional<Failure> failure() {
        return progress.failure();
    }

    /** See {@link Progress}. */
    public Optional<String> holder() {
        return progress.holder();
    }
}
