package dev.sluice.jobs;

import dev.sluice.Claim;
import dev.sluice.Event;
import dev.sluice.Micros;
import dev.sluice.Settlement;
import dev.sluice.Store;
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

    private final Store store;
    private final Claims claims;
    private final Rows rows;
    private final JobFacts.Marks marks;
    private final Function<String, JobKind> kinds;
    private final Supplier<Instant> now;
    private final Listening listening;

    Lending(
            Store store,
            Claims claims,
            Rows rows,
            JobFacts.Marks marks,
            Function<String, JobKind> kinds,
            Supplier<Instant> now,
            Listening listening) {
        this.store = store;
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
        Claims.Taken taken =
                claims.take(job.kind().key(job.execution().getId()), job.kind().rule());
        if (taken instanceof Claims.Taken.Refused refused) {
            rows.putOff(job, refused.until());
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
        return rows.find(job.kind().key(job.facts().subject()));
    }

    /** It is needed for so long from now. */
    public Settlement extend(Claim claim, Duration length) {
        Held held = held(claim);
        if (!held.extend(length)) {
            return Settlement.STALE;
        }
        // So that nobody takes the job for one that is due; if this fails, the claim keeps them off.
        rows.find(claim.key())
                .filter(job -> isLentBy(job, claim))
                .ifPresent(job -> rows.putOff(job, now.get().plus(length)));
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
        if (held(claim).complete() == Settlement.STALE) {
            return Settlement.STALE;
        }
        Optional<Job> job = rows.find(claim.key());
        Instant at = now.get();
        job.ifPresent(there -> rows.endLife(
                there,
                at,
                Rows.Whose.ANYBODYS,
                connection -> SubjectRows.ran(connection, claim.key(), claim.fence(), place, at)));
        job.ifPresent(there -> listening.tell(new JobEvent.Done(there.told(), claim.fence(), 1)));
        return Settlement.OK;
    }

    /**
     * It failed, and is tried again after its rest.
     *
     * @param reason for people
     */
    public Settlement fail(Claim claim, String reason) {
        if (held(claim).release(Event.Why.FAILED) == Settlement.STALE) {
            return Settlement.STALE;
        }
        rows.find(claim.key()).ifPresent(job -> failed(job, claim, reason));
        return Settlement.OK;
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
        return new Held(store, kinds.apply(claim.key().flow()).rule(), claim);
    }
}
