package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether one part of a store is away. A failure, a wait that was too long or a lost connection is a suspicion; a
 * probe tells: an error at once, silence only when a second probe finds it too, because a process that is short of processor
 * time may be late to see an answer that came. While the part is away, probes rest ever longer between each other. Looks
 * in one thread.
 */
final class PartWatch {
    private static final long FIRST_REST = Micros.of(Duration.ofMillis(100));
    private static final long LONGEST_REST = Micros.of(Duration.ofSeconds(5));

    private final Store store;
    private final Probe probe;
    private final long patience;
    private final Reconciliation reconciliation;
    private final Consumer<Outage> away;
    private volatile Optional<String> suspicion = Optional.empty();
    private volatile boolean doubted;
    private volatile Optional<Outage> outage = Optional.empty();
    private @Nullable CompletableFuture<Outcome> asked;
    private long until;
    private boolean silent;
    private long rest = FIRST_REST;
    private long restsUntil = Micros.ABSENT;

    /**
     * @param patience how long a probe may take
     * @param away called when the part is found to be away, before anybody is answered so
     */
    PartWatch(Store store, Probe probe, Duration patience, Reconciliation reconciliation, Consumer<Outage> away) {
        this.store = store;
        this.probe = probe;
        this.patience = Micros.of(patience);
        this.reconciliation = reconciliation;
        this.away = away;
    }

    Optional<Outage> outage() {
        return outage;
    }

    /** Something went wrong. */
    void suspect(String why) {
        suspicion = Optional.of(why);
    }

    /** Something went wrong with another part, which may be so with this one. */
    void doubt() {
        doubted = true;
    }

    /** Another part is back, and this one may be. */
    void hurry(long tick) {
        restsUntil = Math.min(restsUntil, tick);
    }

    /**
     * Asks, or sees what became of it.
     *
     * @param mayTell whether a part that answers may be told what it is owed, for which this waits
     * @return whether nothing failed to be told
     */
    boolean look(long tick, boolean mayTell) {
        if (asked == null && tick >= restsUntil && (outage.isPresent() || doubted || suspicion.isPresent())) {
            doubted = false;
            asked = ask(tick);
        }
        if (asked != null) {
            return judge(asked, tick, mayTell);
        } else if (outage.isEmpty()) {
            reconciliation.some(tick);
        }
        return true;
    }

    private CompletableFuture<Outcome> ask(long tick) {
        until = tick + patience;
        return probe.ask();
    }

    private boolean judge(CompletableFuture<Outcome> answer, long tick, boolean mayTell) {
        if (!answer.isDone() && tick < until) {
            return true;
        }
        boolean first = !answer.isDone() && !silent && outage.isEmpty();
        silent = first;
        if (first) {
            asked = ask(tick);
            return true;
        }
        asked = null;
        Optional<String> failure = failure(answer);
        if (failure.isPresent()) {
            failed(failure.get(), tick);
        } else if (outage.isPresent()) {
            return answered(tick, mayTell);
        } else {
            suspicion = Optional.empty();
            reconciliation.some(tick);
        }
        return true;
    }

    private static Optional<String> failure(CompletableFuture<Outcome> answer) {
        if (!answer.isDone()) {
            return Optional.of("it does not answer");
        }
        try {
            answer.join();
            return Optional.empty();
        } catch (CompletionException e) {
            return Optional.of(String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        }
    }

    private void failed(String why, long tick) {
        rest(tick);
        if (outage.isEmpty()) {
            Outage found = new Outage(Micros.instant(store.now()), suspicion.orElse(why));
            outage = Optional.of(found);
            away.accept(found);
        }
    }

    private void rest(long tick) {
        restsUntil = tick + rest;
        rest = Math.min(rest * 2, LONGEST_REST);
    }

    private boolean answered(long tick, boolean mayTell) {
        if (!mayTell || !reconciliation.all()) {
            rest(tick);
            return false;
        }
        rest = FIRST_REST;
        doubted = false;
        suspicion = Optional.empty();
        outage = Optional.empty();
        reconciliation.some(tick);
        return true;
    }
}
