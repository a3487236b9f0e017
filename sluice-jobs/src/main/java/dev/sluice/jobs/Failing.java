package dev.sluice.jobs;

import dev.sluice.StoreException;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes down that an attempt failed. A trigger may put a follow-up behind it in the same moment: that is never lost. What
 * is tried again stands for it; behind one that died it begins a life of its own, after the longest rest.
 */
record Failing(Rows rows, JobFacts.Marks marks) {
    /** What became of the job. */
    sealed interface Became {
        /** It is tried again. */
        record Waiting(Instant next) implements Became {}

        /** It is not. */
        record Dead(String why) implements Became {}

        /** Nothing: its row is no longer that of this attempt. */
        record SomebodyElses() implements Became {}
    }

    /** @param next when it is tried again, if it is */
    Became fail(Job job, String why, Instant now, Instant next) {
        Job seen = job;
        for (int look = 0; look < Triggers.LOOKS; look++) {
            Optional<Became> became = tryOnce(seen, why, now, next);
            if (became.isPresent()) {
                return became.get();
            }
            Optional<Job> left =
                    rows.find(job.key()).filter(fresh -> fresh.execution().version == job.execution().version);
            if (left.isEmpty()) {
                return new Became.SomebodyElses();
            }
            seen = left.get();
        }
        throw new StoreException("the row of " + job.facts().subject() + " changed too often to be written");
    }

    /** Empty if the row is not as it was seen. */
    private Optional<Became> tryOnce(Job job, String why, Instant now, Instant next) {
        JobFacts facts = job.facts();
        Wish wish = facts.followUp().orElse(facts.wish());
        if (job.kind().retries().allows(job.failures() + 1, wish.begins(), next)) {
            Became waiting = new Became.Waiting(next);
            return rows.fail(job, facts.failed(why, marks), now, next) ? Optional.of(waiting) : Optional.empty();
        }
        Became dead = new Became.Dead(why);
        boolean done = facts.followUp().isPresent()
                ? begin(job, facts.followUp().get(), now)
                : rows.fail(job, facts.died(why, marks), now, Job.NEVER);
        return done ? Optional.of(dead) : Optional.empty();
    }

    private boolean begin(Job job, Wish followUp, Instant now) {
        Instant due = Admission.due(followUp, now, job.kind().deathRest());
        return rows.restart(job, JobFacts.begin(job.facts().subject(), followUp, marks), due);
    }
}
