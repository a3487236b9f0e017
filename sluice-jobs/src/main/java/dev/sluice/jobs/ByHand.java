package dev.sluice.jobs;

/** What became of what an operator asked for. */
public enum ByHand {
    /** It is done, or was so already. */
    DONE,
    /** A process works on the job; it ends by itself, or is taken over when its lease is over. */
    RUNNING,
    /** There is no such job. */
    ABSENT
}
