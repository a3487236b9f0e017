package dev.sluice.jobs;

/** Hears what happens to jobs in this process. Called in their threads; what it throws is logged. */
@FunctionalInterface
public interface JobListener {
    /** It happened. */
    void happened(JobEvent event);
}
