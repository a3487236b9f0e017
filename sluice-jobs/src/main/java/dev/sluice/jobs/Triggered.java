package dev.sluice.jobs;

/** What a trigger did. */
public sealed interface Triggered {
    /** The job is in the database, and starts when it is due and a thread is free. */
    record Started(JobStatus job) implements Triggered {}

    /** Nothing: there is a job of this kind and subject already. */
    record Already(JobStatus job) implements Triggered {}

    /** A job that waits, or rests, has taken the data over; it runs for this trigger too. */
    record Joined(JobStatus job) implements Triggered {}

    /** The job that runs is followed by one with these data. */
    record Follows(JobStatus job) implements Triggered {}

    /** What stood there as {@code before} did not run, or not to its end, and never will: {@code job} is in its place. */
    record Replaced(JobStatus before, JobStatus job) implements Triggered {}

    /** Nothing: the subject is paused, or not enabled. */
    record Paused(String reason) implements Triggered {}
}
