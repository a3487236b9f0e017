package dev.sluice.jobs;

/** Where a job stands that is there. */
public enum JobState {
    /** It waits for its time: for the claim of an earlier holder to end. */
    SCHEDULED,
    /** It is due, and waits for a thread. */
    QUEUED,
    /** A process works on it, or did until less than a lease ago. */
    RUNNING,
    /** It failed, and rests until its next attempt. */
    RESTING,
    /** It failed too often, and is not tried again by itself. */
    DEAD
}
