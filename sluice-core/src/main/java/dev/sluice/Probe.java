package dev.sluice;

import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Finds out whether a store takes steps. One that is full, a replica or read-only answers whoever reads, and is of no
 * use: so a probe is a report of nothing, which takes the way of every decision and must be written. It moves no books,
 * and its key goes as every key goes that holds nothing. Safe for use by many threads.
 */
final class Probe {
    /** One that no occurrence can have. */
    static final Key KEY = Key.of(Budget.FLOW, "probe");

    private final Store store;
    private final RandomGenerator ids;

    /** @param ids where the ids of reports come from: one that is known already would write nothing */
    Probe(Store store, RandomGenerator ids) {
        this.store = store;
        this.ids = ids;
    }

    /** Asks once; fails as the store does. */
    CompletableFuture<Outcome> ask() {
        Command command = new Command(KEY, Turns.RULE, new Event.Report(ids.nextLong(), 0, 0, 0, 0));
        try {
            return store.apply(command).toCompletableFuture();
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
