package dev.sluice.jobs;

/** What a trigger did. */
public sealed interface Triggered {
    /** The job is in the database, and starts as soon as a thread is free. */
    record Started() implements Triggered {}

    /** Nothing: there is a job of this kind and subject already. */
    record Already(JobStatus job) implements Triggered {}
}
