package dev.sluice.jobs;

import dev.sluice.Key;
import dev.sluice.StoreException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Admits jobs: at most one row for each kind and subject. Safe for use by many threads. */
final class Triggers {
    /** So often a row can come and go between two looks before that is odd. */
    static final int LOOKS = 20;

    private final Rows rows;
    private final Supplier<Instant> now;
    private final JobFacts.Marks marks;
    private final Consumer<Instant> expect;

    /** @param expect hears when a job is due */
    Triggers(Rows rows, Supplier<Instant> now, JobFacts.Marks marks, Consumer<Instant> expect) {
        this.rows = rows;
        this.now = now;
        this.marks = marks;
        this.expect = expect;
    }

    Triggered admit(JobKind kind, Trigger trigger) {
        Key key = kind.key(trigger.subject());
        OnConflict conflict = trigger.onConflict().orElse(kind.onConflict());
        for (int look = 0; look < LOOKS; look++) {
            Instant at = now.get();
            JobFacts facts = JobFacts.begin(trigger.subject(), Admission.alone(trigger, conflict, at), marks);
            if (create(key, facts)) {
                return new Triggered.Started(Job.begun(kind, key, facts).status(now.get()));
            }
            Optional<Triggered> done = rows.find(key).flatMap(job -> apply(job, trigger, now.get()));
            if (done.isPresent()) {
                return done.get();
            }
        }
        throw new StoreException("the job " + key + " came and went " + LOOKS + " times while it was looked at");
    }

    /** False if there is one. */
    boolean create(Key key, JobFacts facts) {
        boolean created = rows.create(key, facts, facts.wish().due());
        if (created) {
            expect.accept(facts.wish().due());
        }
        return created;
    }

    /** Empty if somebody else changed the row in between. */
    private Optional<Triggered> apply(Job job, Trigger trigger, Instant at) {
        Admission admission = Admission.of(trigger, job, at, marks);
        if (admission instanceof Admission.Begun begun) {
            return Optional.of(rows.restart(job, begun.facts(), begun.at()))
                    .filter(done -> done)
                    .map(done -> begun(job, begun, at));
        } else if (admission instanceof Admission.Merged merged) {
            return Optional.of(rows.merge(job, merged.facts(), merged.at()))
                    .filter(done -> done)
                    .map(done -> {
                        expect.accept(merged.at());
                        return new Triggered.Joined(
                                job.with(merged.facts(), merged.at()).status(at));
                    });
        } else if (admission instanceof Admission.Queued queued) {
            return Optional.of(rows.follow(job, queued.facts()))
                    .filter(done -> done)
                    .map(done -> new Triggered.Follows(job.with(queued.facts(), job.execution().executionTime)
                            .status(at)));
        }
        return Optional.of(new Triggered.Already(job.status(at)));
    }

    private Triggered begun(Job before, Admission.Begun begun, Instant at) {
        expect.accept(begun.at());
        JobStatus job = before.again(begun.facts(), begun.at()).status(at);
        return begun.instead() ? new Triggered.Replaced(before.status(at), job) : new Triggered.Started(job);
    }
}
