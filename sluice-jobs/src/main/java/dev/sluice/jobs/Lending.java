package dev.sluice.jobs;

import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Micros;
import dev.sluice.Settlement;
import dev.sluice.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Jobs in the hands of somebody outside: a worker that fetches them, or a handler that answers later. Who has the token of
 * the claim can extend and settle it; a stale one changes nothing. Safe for use by many threads. All methods throw
 * {@link StoreException} if the database, or the store of keys, does not answer, and {@link IllegalArgumentException} if
 * there is no such kind.
 */
public final class Lending {
    private static final int MOST_LOOKED_AT = 16;

    private final Claims claims;
    private final Rows rows;
    private final SubjectRows subjects;
    private final JobFacts.Marks marks;
    private final Function<String, JobKind> kinds;
    private final Supplier<Instant> now;
    private final Listening listening;

    Lending(
            Claims claims,
            Rows rows,
            SubjectRows subjects,
            JobFacts.Marks marks,
            Function<String, JobKind> kinds,
            Supplier<Instant> now,
            Listening listening) {
        this.subjects = subjects;
        this.claims = claims;
        this.rows = rows;
        this.marks = marks;
        this.kinds = kinds;
        this.now = now;
        this.listening = listening;
    }

    /**
     * A job that is lent.
     *
     * @param job as it stands now
     * @param claim by which it is extended and settled
     */
    public record Lent(JobStatus job, Claim claim) {}

    /** Takes the job of a kind that has been due longest; empty if none is. */
    public Optional<Lent> take(String kind, String holder) {
        JobKind found = kinds.apply(kind);
        for (Job job : rows.due(found, now.get(), MOST_LOOKED_AT)) {
            Optional<Lent> lent = take(job, holder);
            if (lent.isPresent()) {
                return lent;
            }
        }
        return Optional.empty();
    }

    private Optional<Lent> take(Job job, String holder) {
        Optional<String> refusal = subjects.find(job.key()).flatMap(Kept::refusal);
        if (job.facts().isUnreadable()) {
            rows.putOff(job, Job.NEVER);
            return Optional.empty();
        } else if (refusal.isPresent()) {
            rows.end(job);
            return Optional.empty();
        }
        Claims.Taken taken = claims.take(job.key(), job.kind().rule());
        if (taken instanceof Claims.Taken.Refused refused) {
            // Without a loan somebody is just taking it, and has read this row.
            if (job.facts().loan().isPresent()) {
                rows.putOff(job, refused.until());
            }
            return Optional.empty();
        }
        Held held = ((Claims.Taken.Granted) taken).held();
        // Who has it outside renews it.
        claims.forget(held);
        Optional<Job> ready = returned(job);
        if (ready.isEmpty() || !new Lender(rows, marks).lend(ready.get(), held, holder)) {
            held.release(Event.Why.WITHDRAWN);
            return Optional.empty();
        }
        listening.tell(new JobEvent.Started(ready.get().told(), held.claim().fence()));
        listening.tell(new JobEvent.Lent(ready.get().told(), held.claim().fence(), holder));
        return rows.find(held.claim().key()).map(row -> new Lent(row.status(now.get()), held.claim()));
    }

    /** As it can be lent: one whose borrower let the lease end has failed before; empty if it is dead by that. */
    private Optional<Job> returned(Job job) {
        if (job.facts().loan().isEmpty()) {
            return Optional.of(job);
        }
        String holder = job.facts().loan().get().holder();
        Instant at = now.get();
        Failing.Became became =
                new Failing(rows, marks).fail(job, holder + " did not settle it within its lease", at, at);
        if (became instanceof Failing.Became.Dead dead) {
            listening.tell(new JobEvent.Died(job.told(), dead.why()));
            return Optional.empty();
        }
        listening.tell(new JobEvent.TakenOver(job.told(), holder));
        return rows.find(job.key());
    }

    /**
     * It is needed for so long from now, but no longer than the longest run of its kind.
     *
     * @param length more than zero
     * @return {@link Settlement#STALE} also if the longest run is over
     */
    public Settlement extend(Claim claim, Duration length) {
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("a claim is extended by more than zero, not by " + length);
        }
        Duration left =
                Duration.between(now.get(), begun(claim).plus(kind(claim).longest()));
        Duration granted = length.compareTo(left) > 0 ? left : length;
        Held held = held(claim);
        if (granted.isNegative() || granted.isZero() || !held.extend(granted)) {
            return Settlement.STALE;
        }
        // So that nobody takes the job for one that is due; if this fails, the claim keeps them off.
        rows.find(claim.key())
                .filter(job -> isLentBy(job, claim))
                .ifPresent(job -> rows.putOff(job, now.get().plus(granted)));
        return Settlement.OK;
    }

    private static boolean isLentBy(Job job, Claim claim) {
        return job.facts().loan().filter(loan -> loan.fence() == claim.fence()).isPresent();
    }

    /**
     * It is done.
     *
     * @param place where the next job of the subject goes on; empty: it stays where it was
     */
    public Settlement complete(Claim claim, Optional<String> place) {
        Optional<String> kept = new StepResult.Done(place).place();
        Optional<Job> job = worked(claim);
        if (held(claim).complete() == Settlement.STALE) {
            return Settlement.STALE;
        }
        Instant at = now.get();
        job.ifPresent(there -> rows.endLife(
                there,
                at,
                Rows.Whose.ANYBODYS,
                connection -> SubjectRows.ran(connection, claim.key(), claim.fence(), kept, at)));
        job.ifPresent(there -> listening.tell(new JobEvent.Done(there.told(), claim.fence(), 1)));
        return Settlement.OK;
    }

    /**
     * It failed, and is tried again after its rest.
     *
     * @param reason for people
     */
    public Settlement fail(Claim claim, String reason) {
        Optional<Job> worked = worked(claim);
        if (held(claim).release(Event.Why.FAILED) == Settlement.STALE) {
            return Settlement.STALE;
        }
        worked.ifPresent(job -> failed(job, claim, reason));
        return Settlement.OK;
    }

    /**
     * The row that is worked on under a claim: one that is lent under it, also where the claim is settled already and the
     * row could not be written then; empty if another job, or another holder, stands there.
     */
    private Optional<Job> worked(Claim claim) {
        boolean live = claims.isLive(claim);
        return rows.find(claim.key()).filter(job -> isLentBy(job, claim) || (live && isBeingLent(job, claim)));
    }

    /** Its handler has handed the token on, and has not come back yet to say so. */
    private static boolean isBeingLent(Job job, Claim claim) {
        return job.execution().picked
                && job.facts().loan().isEmpty()
                && !job.facts().wish().since().isAfter(begun(claim));
    }

    /** Fences are the microseconds at which they were given out, or a little more. */
    private static Instant begun(Claim claim) {
        return Micros.instant(claim.fence());
    }

    private JobKind kind(Claim claim) {
        return kinds.apply(claim.key().flow());
    }

    private void failed(Job job, Claim claim, String reason) {
        Instant at = now.get();
        Instant next = at.plus(Micros.duration(job.kind().retries().backoff().rest(job.failures() + 1)));
        Failing.Became became = new Failing(rows, marks).fail(job, reason, at, next);
        if (became instanceof Failing.Became.Waiting waiting) {
            listening.tell(new JobEvent.Failed(job.told(), claim.fence(), reason, waiting.next()));
        } else if (became instanceof Failing.Became.Dead) {
            listening.tell(new JobEvent.Died(job.told(), reason));
        }
    }

    private Held held(Claim claim) {
        return claims.held(claim, kind(claim).rule());
    }
}
