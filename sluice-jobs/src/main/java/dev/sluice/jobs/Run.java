package dev.sluice.jobs;

import java.time.Instant;
import java.util.Optional;

/** One step of a running job, as its handler sees it. {@link #isHeld} may be called by any thread. */
public final class Run {
    private final Job job;
    private final int step;
    private final Held held;
    private final SubjectRows subjects;

    Run(Job job, int step, Held held, SubjectRows subjects) {
        this.subjects = subjects;
        this.job = job;
        this.step = step;
        this.held = held;
    }

    /** What the job is about, as it was given to the trigger. */
    public String subject() {
        return job.facts().subject();
    }

    /** What was given to the trigger beside it. */
    public String data() {
        return job.facts().wish().data();
    }

    /** When the job was triggered, by the clock of the store. */
    public Instant triggered() {
        return job.facts().wish().since();
    }

    /** 1 for the first attempt; each failure, and each end of its process, begins another one. */
    public int attempt() {
        return job.attempt();
    }

    /** 1 for the first step of this attempt. */
    public int step() {
        return step;
    }

    /** The name of this run, for people. */
    public String id() {
        return job.facts().wish().origin(job.kind().prefix(), subject()).id();
    }

    /**
     * Where the last run of this subject said that the next one goes on; empty if none did.
     *
     * @throws dev.sluice.StoreException if the database does not answer
     */
    public String place() {
        return kept().map(Kept::place).orElse("");
    }

    /**
     * When this subject ran to its end last; known of subjects that had a schedule, a pause or a place then.
     *
     * @throws dev.sluice.StoreException if the database does not answer
     */
    public Optional<Instant> lastRun() {
        return kept().flatMap(Kept::lastRun);
    }

    private Optional<Kept> kept() {
        return subjects.find(job.kind().key(subject()));
    }

    /** Higher than that of every earlier run of this subject: an effect that remembers it can refuse a late one. */
    public long fence() {
        return held.claim().fence();
    }

    /** The token of the claim: opaque, secret, and enough to extend it. */
    public String token() {
        return held.claim().token();
    }

    /**
     * Asks the store whether this run is still the only one, and if so, it is for a whole lease from now. Once false it
     * stays false: somebody else may be at work, and nothing more may be done.
     *
     * @throws dev.sluice.StoreException if the store cannot answer; nobody may go on then either
     */
    public boolean isHeld() {
        return held.ask();
    }
}
