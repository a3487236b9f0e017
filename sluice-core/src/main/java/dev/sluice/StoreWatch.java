package dev.sluice;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the store is away. A failure, a wait that was too long or a lost connection is a suspicion; a probe
 * tells: an error at once, silence only when a second probe finds it too, because a process that is short of processor
 * time may be late to see an answer that came. While the store is away, probes rest ever longer between each other. Looks
 * in one thread.
 */
final class StoreWatch {
    private static final System.Logger LOG = System.getLogger(StoreWatch.class.getName());
    private static final long FIRST_REST = Micros.of(Duration.ofMillis(100));
    private static final long LONGEST_REST = Micros.of(Duration.ofSeconds(5));

    private final Store store;
    private final Probe probe;
    private final long patience;
    private final Reconciliation reconciliation;
    private final Consumer<Outage> away;
    private volatile Optional<String> suspicion = Optional.empty();
    private volatile Optional<Outage> outage = Optional.empty();
    private @Nullable CompletableFuture<Outcome> asked;
    private long until;
    private boolean silent;
    private long rest = FIRST_REST;
    private long restsUntil = Micros.ABSENT;

    /**
     * @param patience how long a probe may take
     * @param away called when the store is found to be away, before anybody is answered so
     */
    StoreWatch(Store store, Probe probe, Duration patience, Reconciliation reconciliation, Consumer<Outage> away) {
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

    void look(long tick) {
        if (asked == null && tick >= restsUntil && (outage.isPresent() || suspicion.isPresent())) {
            asked = ask(tick);
        }
        if (asked != null) {
            judge(asked, tick);
        } else if (outage.isEmpty()) {
            reconciliation.some(tick);
        }
    }

    private CompletableFuture<Outcome> ask(long tick) {
        until = tick + patience;
        return probe.ask();
    }

    private void judge(CompletableFuture<Outcome> answer, long tick) {
        if (!answer.isDone() && tick < until) {
            return;
        }
        boolean first = !answer.isDone() && !silent && outage.isEmpty();
        silent = first;
        if (first) {
            asked = ask(tick);
            return;
        }
        asked = null;
        Optional<String> failure = failure(answer);
        if (failure.isPresent()) {
            failed(failure.get(), tick);
        } else if (outage.isPresent()) {
            answered(tick);
        } else {
            suspicion = Optional.empty();
            reconciliation.some(tick);
        }
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
            LOG.log(Level.WARNING, "The store is away: {0}. Each rule decides as its on-outage says", why);
            away.accept(found);
        }
    }

    private void rest(long tick) {
        restsUntil = tick + rest;
        rest = Math.min(rest * 2, LONGEST_REST);
    }

    private void answered(long tick) {
        if (!reconciliation.all()) {
            rest(tick);
            return;
        }
        rest = FIRST_REST;
        suspicion = Optional.empty();
        outage = Optional.empty();
        reconciliation.some(tick);
        LOG.log(Level.INFO, "The store is back, and knows what was decided without it");
    }
}
