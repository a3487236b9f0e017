package dev.sluice.jobs;

import dev.sluice.Event;
import dev.sluice.Micros;
import dev.sluice.Settlement;
import dev.sluice.StoreException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs one attempt after the other at picked jobs: takes the claim, calls the handler, settles the claim, and then changes
 * the row. The settling decides: a result counts if the claim was still held.
 */
final class Runner {
    private static final System.Logger LOG = System.getLogger(Runner.class.getName());

    /** When a job is tried again because the store of keys was away: that is no failure of the job. */
    private static final Duration AWAY = Duration.ofSeconds(1);

    private final Rows rows;
    private final SubjectRows subjects;
    private final JobFacts.Marks marks;
    private final Lender lender;
    private final Claims claims;
    private final Supplier<Instant> now;
    private final Listening listening;
    private final Outlook outlook;
    private final Overruns overruns = new Overruns();

    Runner(
            Rows rows,
            SubjectRows subjects,
            Claims claims,
            Supplier<Instant> now,
            JobFacts.Marks marks,
            Listening listening,
            Outlook outlook) {
        this.subjects = subjects;
        this.marks = marks;
        this.lender = new Lender(rows, marks);
        this.rows = rows;
        this.claims = claims;
        this.now = now;
        this.listening = listening;
        this.outlook = outlook;
    }

    /** What the lane that it runs in gives and wants. */
    interface Outlook extends Pauses {
        /** A job is due at that time. */
        void expect(Instant due);

        /** Whether this process stops: then what was cut off has not failed. */
        boolean isStopping();
    }

    /** How an attempt ended. */
    private sealed interface Ending {
        record Done(int steps, Optional<String> place) implements Ending {}

        record Failed(String why) implements Ending {}

        /** It may go on after {@code rest}, here or elsewhere, and has not failed. */
        record Cut(String why, Duration rest) implements Ending {
            static final Cut STOPPING = new Cut("its process stops", Duration.ZERO);
        }

        /** Somebody outside goes on with it. */
        record Lent(String holder) implements Ending {}

        /** Somebody else may have the claim. */
        record Lost() implements Ending {}
    }

    /** Makes an attempt at a job that this process has picked. Throws nothing. */
    void run(Job job) {
        if (job.facts().isUnreadable()) {
            quietly(job, () -> unreadable(job));
            return;
        }
        try {
            Optional<String> refusal = subjects.find(job.key()).flatMap(Kept::refusal);
            if (refusal.isPresent()) {
                LOG.log(Level.INFO, () -> "The job " + name(job) + " does not run: " + refusal.get());
                rows.end(job);
                return;
            }
            Claims.Taken taken = claims.take(job.key(), job.kind().rule());
            if (taken instanceof Claims.Taken.Granted granted) {
                try {
                    if (job.facts().loan().isPresent()) {
                        abandoned(job, granted.held(), job.facts().loan().get());
                        return;
                    }
                    run(job, granted.held());
                } finally {
                    claims.forget(granted.held());
                }
            } else if (taken instanceof Claims.Taken.Refused refused) {
                putOff(job, refused.until());
            }
        } catch (StoreException e) {
            LOG.log(Level.WARNING, () -> "The job " + name(job) + " cannot run: " + e.getMessage());
            quietly(job, () -> putOff(job, now.get().plus(AWAY)));
        }
    }

    /** Whoever it was lent to has let the lease end: that was an attempt. */
    private void abandoned(Job job, Held held, JobFacts.Loan loan) {
        held.release(Event.Why.WITHDRAWN);
        takeOver(job, loan.holder());
    }

    private void run(Job job, Held held) {
        listening.tell(new JobEvent.Started(job.told(), fence(held)));
        Ending ending;
        try (Overruns.Attempt attempt = overruns.begin(job, held, now.get())) {
            Ending went = steps(job, held);
            ending = attempt.isCut() && !(went instanceof Ending.Done) ? new Ending.Failed(attempt.why()) : went;
        }
        // An interrupt was for the handler; what follows must be written down.
        Thread.interrupted();
        quietly(job, () -> settle(job, held, ending));
    }

    private Ending steps(Job job, Held held) {
        try {
            for (int step = 1; ; step++) {
                StepResult result = job.kind().handler().run(new Run(job, step, held, subjects));
                if (result instanceof StepResult.Done done) {
                    return new Ending.Done(step, done.place());
                }
                if (result instanceof StepResult.Lent lent) {
                    return new Ending.Lent(lent.holder());
                }
                StepResult.Again again = (StepResult.Again) result;
                listening.tell(new JobEvent.Stepped(job.told(), fence(held), step));
                Optional<Ending> ending = between(held, again.pause());
                if (ending.isPresent()) {
                    return ending.get();
                }
            }
        } catch (Throwable e) {
            return outlook.isStopping() ? Ending.Cut.STOPPING : new Ending.Failed(JobFacts.words(e));
        }
    }

    /** Empty if there is to be another step. */
    private Optional<Ending> between(Held held, Duration pause) {
        if (!outlook.pause(pause)) {
            return Optional.of(Ending.Cut.STOPPING);
        }
        try {
            return held.ask() ? Optional.empty() : Optional.of(new Ending.Lost());
        } catch (StoreException e) {
            return Optional.of(new Ending.Cut(String.valueOf(e.getMessage()), AWAY));
        }
    }

    private void settle(Job job, Held held, Ending ending) {
        if (ending instanceof Ending.Done done) {
            complete(job, held, done);
        } else if (ending instanceof Ending.Lost) {
            lost(job, held);
        } else if (ending instanceof Ending.Lent lent) {
            if (lender.lend(job, held, lent.holder())) {
                listening.tell(new JobEvent.Lent(job.told(), fence(held), lent.holder()));
            }
        } else if (released(held, ending) == Settlement.STALE) {
            lost(job, held);
        } else if (ending instanceof Ending.Failed failed) {
            failed(job, held, failed.why());
        } else if (ending instanceof Ending.Cut cut) {
            cut(job, held, cut);
        }
    }

    private void cut(Job job, Held held, Ending.Cut cut) {
        boolean ours = putOff(job, now.get().plus(cut.rest()));
        JobEvent.Attempt attempt = job.told();
        listening.tell(
                ours ? new JobEvent.Stopped(attempt, fence(held), cut.why()) : new JobEvent.Lost(attempt, fence(held)));
    }

    private void complete(Job job, Held held, Ending.Done done) {
        boolean known = true;
        try {
            if (held.complete() == Settlement.STALE) {
                lost(job, held);
                return;
            }
        } catch (StoreException e) {
            // Nobody knows whether the claim was held. If the row is ours yet, nobody else can have run it.
            known = false;
        }
        Instant at = now.get();
        Rows.Whose whose = known ? Rows.Whose.ANYBODYS : Rows.Whose.OURS;
        Optional<Rows.Ended> ended = rows.endLife(
                job, at, whose, connection -> SubjectRows.ran(connection, job.key(), fence(held), done.place(), at));
        if (ended.isEmpty()) {
            // Not at once: what refused it may refuse it again.
            putOff(job, at.plus(AWAY));
            listening.tell(new JobEvent.Lost(job.told(), fence(held)));
            return;
        }
        ended.get().followed().ifPresent(outlook::expect);
        listening.tell(new JobEvent.Done(job.told(), fence(held), done.steps()));
    }

    /** If the store is away the claim ends by itself, and the row says whether it is ours. */
    private static Settlement released(Held held, Ending ending) {
        try {
            return held.release(ending instanceof Ending.Failed ? Event.Why.FAILED : Event.Why.WITHDRAWN);
        } catch (StoreException e) {
            return Settlement.OK;
        }
    }

    private void failed(Job job, Held held, String why) {
        Instant at = now.get();
        Failing failing = new Failing(rows, marks);
        Instant next = at.plus(Micros.duration(job.kind().retries().backoff().rest(job.failures() + 1)));
        Failing.Became became = failing.fail(job, why, at, next);
        if (became instanceof Failing.Became.SomebodyElses) {
            listening.tell(new JobEvent.Lost(job.told(), fence(held)));
        } else if (became instanceof Failing.Became.Waiting waiting) {
            outlook.expect(waiting.next());
            listening.tell(new JobEvent.Failed(job.told(), fence(held), why, waiting.next()));
        } else {
            died(job, why);
        }
    }

    /** What is in the row stays, for those who can make something of it. */
    private void unreadable(Job job) {
        if (rows.putOff(job, Job.NEVER)) {
            died(job, Job.UNREADABLE);
        }
    }

    private void died(Job job, String why) {
        LOG.log(Level.ERROR, () -> "The job " + name(job) + " is dead after " + job.attempt() + " attempts: " + why);
        listening.tell(new JobEvent.Died(job.told(), why));
    }

    /** Its result is written nowhere. If the row is ours yet, the job is run again. */
    private void lost(Job job, Held held) {
        putOff(job, now.get());
        LOG.log(
                Level.WARNING,
                () -> "The job " + name(job) + " lost its claim while it ran; its result does not count");
        listening.tell(new JobEvent.Lost(job.told(), fence(held)));
    }

    /** Whether the row is ours yet. */
    private boolean putOff(Job job, Instant at) {
        boolean ours = rows.putOff(job, at);
        if (ours) {
            outlook.expect(at);
        }
        return ours;
    }

    /** Cuts off what takes longer than it may, in other threads than this one. */
    void watch() {
        overruns.watch(
                now.get(),
                (job, why) -> quietly(job, () -> {
                    Instant at = now.get();
                    Instant next = at.plus(
                            Micros.duration(job.kind().retries().backoff().rest(job.failures() + 1)));
                    if (new Failing(rows, marks).fail(job, why, at, next) instanceof Failing.Became.Dead) {
                        died(job, why);
                    }
                }));
    }

    /** The process that ran it ended, or stood still for so long that nobody can tell. */
    void takeOver(Job job) {
        takeOver(job, job.status(now.get()).holder().orElse("unknown"));
    }

    private void takeOver(Job job, String holder) {
        Instant at = now.get();
        Failing.Became became =
                new Failing(rows, marks).fail(job, holder + " ended, or stood still, while it ran this job", at, at);
        if (became instanceof Failing.Became.Waiting) {
            outlook.expect(at);
            listening.tell(new JobEvent.TakenOver(job.told(), holder));
        } else if (became instanceof Failing.Became.Dead dead) {
            died(job, dead.why());
        }
    }

    /** If it cannot be written down, the job stays as it is until it is taken over. */
    private static void quietly(Job job, Runnable writing) {
        try {
            writing.run();
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "What became of the job " + name(job) + " cannot be written down, so it will run again: "
                            + e.getMessage());
        }
    }

    private static long fence(Held held) {
        return held.claim().fence();
    }

    private static String name(Job job) {
        return job.kind().name() + " of " + job.facts().subject();
    }
}
