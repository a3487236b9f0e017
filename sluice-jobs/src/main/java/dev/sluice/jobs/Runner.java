package dev.sluice.jobs;

import dev.sluice.Event;
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
    private final Claims claims;
    private final Supplier<Instant> now;
    private final Listening listening;
    private final Outlook outlook;

    Runner(Rows rows, Claims claims, Supplier<Instant> now, Listening listening, Outlook outlook) {
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
        record Done(int steps) implements Ending {}

        record Failed(Throwable why) implements Ending {}

        /** It may go on after {@code rest}, here or elsewhere, and has not failed. */
        record Cut(String why, Duration rest) implements Ending {
            static final Cut STOPPING = new Cut("its process stops", Duration.ZERO);
        }

        /** Somebody else may have the claim. */
        record Lost() implements Ending {}
    }

    /** Makes an attempt at a job that this process has picked. Throws nothing. */
    void run(Job job) {
        if (job.facts().equals(JobFacts.UNREADABLE)) {
            quietly(job, () -> die(job, job.facts().failed("what its row keeps cannot be read")));
            return;
        }
        try {
            Claims.Taken taken = claims.take(
                    job.kind().key(job.execution().getId()), job.kind().rule());
            if (taken instanceof Claims.Taken.Granted granted) {
                try {
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

    private void run(Job job, Held held) {
        listening.tell(new JobEvent.Started(job.told(), fence(held)));
        Ending ending = steps(job, held);
        // An interrupt was for the handler; what follows must be written down.
        Thread.interrupted();
        quietly(job, () -> settle(job, held, ending));
    }

    private Ending steps(Job job, Held held) {
        try {
            for (int step = 1; ; step++) {
                StepResult result = job.kind().handler().run(new Run(job, step, held));
                if (!(result instanceof StepResult.Again again)) {
                    return new Ending.Done(step);
                }
                listening.tell(new JobEvent.Stepped(job.told(), fence(held), step));
                Optional<Ending> ending = between(held, again.pause());
                if (ending.isPresent()) {
                    return ending.get();
                }
            }
        } catch (Throwable e) {
            return outlook.isStopping() ? Ending.Cut.STOPPING : new Ending.Failed(e);
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
            complete(job, held, done.steps());
        } else if (ending instanceof Ending.Lost) {
            lost(job, held);
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

    private void complete(Job job, Held held, int steps) {
        try {
            if (held.complete() == Settlement.STALE) {
                lost(job, held);
                return;
            }
            rows.endLife(job);
        } catch (StoreException e) {
            // Nobody knows whether the claim was held. If the row is ours yet, nobody else can have run it.
            if (!rows.end(job)) {
                lost(job, held);
                return;
            }
        }
        listening.tell(new JobEvent.Done(job.told(), fence(held), steps));
    }

    /** If the store is away the claim ends by itself, and the row says whether it is ours. */
    private static Settlement released(Held held, Ending ending) {
        try {
            return held.release(ending instanceof Ending.Failed ? Event.Why.FAILED : Event.Why.WITHDRAWN);
        } catch (StoreException e) {
            return Settlement.OK;
        }
    }

    private void failed(Job job, Held held, Throwable why) {
        Instant at = now.get();
        JobFacts facts = job.facts().failed(why);
        Optional<Instant> next =
                job.kind().retries().next(job.failures() + 1, job.facts().triggered(), at);
        if (!rows.fail(job, facts, at, next.orElse(Job.NEVER))) {
            listening.tell(new JobEvent.Lost(job.told(), fence(held)));
        } else if (next.isPresent()) {
            outlook.expect(next.get());
            listening.tell(new JobEvent.Failed(job.told(), fence(held), facts.reason(), next.get()));
        } else {
            died(job, facts);
        }
    }

    private void die(Job job, JobFacts facts) {
        if (rows.fail(job, facts, now.get(), Job.NEVER)) {
            died(job, facts);
        }
    }

    private void died(Job job, JobFacts facts) {
        LOG.log(
                Level.ERROR,
                () -> "The job " + name(job) + " is dead after " + job.attempt() + " attempts: " + facts.reason());
        listening.tell(new JobEvent.Died(job.told(), facts.reason()));
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

    /** The process that ran it ended, or stood still for so long that nobody can tell. */
    void takeOver(Job job) {
        Instant at = now.get();
        String holder = job.status(at).holder().orElse("unknown");
        JobFacts facts = job.facts().failed(holder + " ended, or stood still, while it ran this job");
        boolean again =
                job.kind().retries().allows(job.failures() + 1, job.facts().triggered(), at);
        if (!rows.fail(job, facts, at, again ? at : Job.NEVER)) {
            return;
        }
        if (again) {
            outlook.expect(at);
            listening.tell(new JobEvent.TakenOver(job.told(), holder));
        } else {
            died(job, facts);
        }
    }

    /** If it cannot be written down, the job stays as it is until it is taken over. */
    private static void quietly(Job job, Runnable writing) {
        try {
            writing.run();
        } catch (StoreException e) {
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
