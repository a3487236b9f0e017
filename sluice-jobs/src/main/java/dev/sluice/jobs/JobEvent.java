package dev.sluice.jobs;

import java.time.Instant;

/** What happened to a job. */
public sealed interface JobEvent {
    /** Which job, in which attempt. */
    Attempt attempt();

    /**
     * An attempt at a job.
     *
     * @param kind of job
     * @param subject it is about
     * @param data that it was triggered with
     * @param number 1 for the first
     */
    record Attempt(String kind, String subject, String data, int number) {}

    /** It has the claim with this fence, and its first step begins. */
    record Started(Attempt attempt, long fence) implements JobEvent {}

    /** A step of it ended, and it wants another one. */
    record Stepped(Attempt attempt, long fence, int step) implements JobEvent {}

    /** It is in the hands of somebody outside, until that settles it, or its lease is over. */
    record Lent(Attempt attempt, long fence, String holder) implements JobEvent {}

    /** It is done after this many steps. */
    record Done(Attempt attempt, long fence, int steps) implements JobEvent {}

    /** It failed, and is tried again at {@code next}. */
    record Failed(Attempt attempt, long fence, String reason, Instant next) implements JobEvent {}

    /** It failed, and is not tried again by itself: somebody must look at it. */
    record Died(Attempt attempt, String reason) implements JobEvent {}

    /** Its claim was lost while it ran: what it did last may have been beside another one; its result counts for nothing. */
    record Lost(Attempt attempt, long fence) implements JobEvent {}

    /**
     * It was cut off, because this process stops, or because the store cannot say whether its claim is held. It has not
     * failed, and begins again elsewhere, or later.
     */
    record Stopped(Attempt attempt, long fence, String reason) implements JobEvent {}

    /** The process {@code holder} ended or stood still while it ran this attempt; another attempt follows. */
    record TakenOver(Attempt attempt, String holder) implements JobEvent {}
}
