package dev.sluice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tells a part of a store that is back what was decided without it. Used by one thread. */
final class Reconciliation {
    private static final int BATCH = 256;
    private static final int MOST_BATCHES = 10_000;

    /** After a look-up that failed, so that a key that fails for long is not asked for all the time. */
    private static final long REST = Micros.of(Duration.ofSeconds(1));

    private final Store store;
    private final Unknown unknown;
    private final Owings owings;
    private final HandBack handBack;
    private final Probe probe;
    private final Duration patience;

    /** Of which it is being found out what the store did. */
    private final Set<Asked> lookedUp = ConcurrentHashMap.newKeySet();

    private volatile boolean failed;
    private long restsUntil = Micros.ABSENT;

    /** @param patience how long the store may take for one batch */
    Reconciliation(Store store, Probe probe, Unknown unknown, Owings owings, HandBack handBack, Duration patience) {
        this.store = store;
        this.probe = probe;
        this.unknown = unknown;
        this.owings = owings;
        this.handBack = handBack;
        this.patience = patience;
    }

    /**
     * Tells everything, and waits until the store has it; false if the store went away again, and nothing is lost. A key
     * that cannot be told keeps no other from it: what is owed to it is tried again later.
     */
    boolean all() {
        handBack.goOn();
        if (!resolved(unknown.takeAll()) && !answers()) {
            return false;
        }
        for (int i = 0; i < MOST_BATCHES; i++) {
            List<Owed> taken = owings.take(BATCH, handBack.keys());
            taken.forEach(handBack::send);
            if (!told()) {
                return false;
            }
            if (taken.size() < BATCH) {
                return true;
            }
        }
        return true;
    }

    /** Whether the store has all that was sent, or refuses the rest although it is there. */
    private boolean told() {
        return handBack.flush(patience) || (answers() && (handBack.flush(patience) || answers()));
    }

    private boolean answers() {
        return probe.ask()
                .handle((outcome, failure) -> failure == null)
                .completeOnTimeout(false, patience.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    private boolean resolved(List<Asked> offers) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (Asked asked : offers) {
            all.add(resolve(asked).toCompletableFuture());
        }
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                    .get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return all.stream().allMatch(done -> done.getNow(false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** What cannot be resolved is unknown again; where that is so for ever, because nobody can read the key, it is owed. */
    private CompletionStage<Boolean> resolve(Asked asked) {
        lookedUp.add(asked);
        return asked.resolve(store, owings).handle((done, failure) -> {
            if (failure == null || !lookedUp.contains(asked)) {
                lookedUp.remove(asked);
                return true;
            }
            boolean unreadable =
                    failure instanceof DamagedStateException || failure.getCause() instanceof DamagedStateException;
            boolean settled = unreadable || !unknown.add(asked);
            if (settled) {
                asked.untaken(owings, store.now());
            } else {
                failed = true;
            }
            // Only now: whoever gives up in between finds it here or there.
            lookedUp.remove(asked);
            return settled;
        });
    }

    /** Tells, without waiting, what came up while the store is there. */
    void some(long tick) {
        if (failed) {
            failed = false;
            restsUntil = tick + REST;
        }
        if (tick >= restsUntil) {
            unknown.takeEnded().forEach(this::resolve);
        }
        owings.take(BATCH, handBack.keys()).forEach(handBack::send);
        handBack.again(tick);
    }

    /** Waits for nothing any more: what could not be looked up is owed as it was answered, and may count once more. */
    void giveUp() {
        handBack.giveUp();
        List<Asked> all = new ArrayList<>(lookedUp);
        all.forEach(lookedUp::remove);
        all.addAll(unknown.takeAll());
        all.forEach(asked -> asked.untaken(owings, store.now()));
    }

    /** Takes out up to {@code most} reports that failed: whoever takes them owes them from now on. */
    List<Command> takeSent(int most) {
        return handBack.takeWaiting(most);
    }

    /** How many occurrences the store does not know of. */
    long owed() {
        return owings.owed()
                + handBack.owed()
                + unknown.owed()
                + lookedUp.stream().filter(Asked::isOwed).count();
    }
}
