package dev.sluice.jobs;

import dev.sluice.Answer;
import dev.sluice.Claim;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import dev.sluice.Store;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A claim that a run has, or had. Safe for use by many threads. */
final class Held {
    /** So often within a lease it is renewed, that two renewals may fail. */
    private static final int RENEWALS = 3;

    private final Store store;
    private final Rule rule;
    private final Claim claim;
    private volatile boolean lost;
    private volatile long due;
    private volatile long known;

    Held(Store store, Rule rule, Claim claim) {
        this.store = store;
        this.rule = rule;
        this.claim = claim;
        this.known = Micros.of(claim.until());
        this.due = store.now() + rule.lease() / RENEWALS;
    }

    Claim claim() {
        return claim;
    }

    /**
     * Asks the store, which gives it another lease by that.
     *
     * @throws dev.sluice.StoreException if the store cannot answer
     */
    boolean ask() {
        return !lost && Claims.await(extend()).answer() instanceof Answer.Ok && !lost;
    }

    /** It is not ours any more as far as this process goes. */
    void lose() {
        lost = true;
    }

    /** Renews it if a third of its lease is over. A failure is made up for by the next one, if there is time. */
    void renewIfDue() {
        long now = store.now();
        if (!lost && now >= due) {
            due = now + rule.lease() / RENEWALS;
            extend().whenComplete((outcome, away) -> {
                if (away != null) {
                    due = now;
                }
            });
        }
    }

    /**
     * It is needed for so long from now; false if somebody else may have it.
     *
     * @throws dev.sluice.StoreException if the store cannot answer
     */
    boolean extend(Duration length) {
        return Claims.await(extend(store.now() + Micros.of(length))).answer() instanceof Answer.Ok;
    }

    /** How long it lasts, as far as is known here, in microseconds. */
    long until() {
        return known;
    }

    private CompletionStage<Outcome> extend() {
        return extend(store.now() + rule.lease());
    }

    private CompletionStage<Outcome> extend(long until) {
        return apply(new Event.Extend(claim.fence(), claim.nonce(), until)).thenApply(outcome -> {
            if (outcome.answer() instanceof Answer.Stale) {
                lost = true;
            } else {
                known = until;
            }
            return outcome;
        });
    }

    /** @throws dev.sluice.StoreException if the store cannot answer; it may have happened or not */
    Settlement complete() {
        return settle(new Event.Complete(claim.fence(), claim.nonce()));
    }

    /** @throws dev.sluice.StoreException if the store cannot answer; it may have happened or not */
    Settlement release(Event.Why why) {
        return settle(new Event.Release(claim.fence(), claim.nonce(), why));
    }

    private Settlement settle(Event event) {
        return Claims.await(apply(event)).answer() instanceof Answer.Ok ? Settlement.OK : Settlement.STALE;
    }

    private CompletionStage<Outcome> apply(Event event) {
        return store.apply(new Command(claim.key(), rule, event));
    }
}
