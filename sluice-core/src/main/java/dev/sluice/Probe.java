package dev.sluice;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
    private final long reporter;

    /** Rises with each probe: a report that is known already would write nothing. */
    private final AtomicLong sequence = new AtomicLong();

    /** @param ids tells this reporter from all others */
    Probe(Store store, RandomGenerator ids) {
        this.store = store;
        this.reporter = ids.nextLong();
    }

    /** Asks once; fails as the store does. */
    CompletableFuture<Outcome> ask() {
        Event nothing = new Event.Report(reporter, sequence.incrementAndGet(), OptionalLong.empty(), 0, 0, 0, 0);
        Command command = new Command(KEY, Turns.RULE, nothing);
        try {
            return store.apply(command).toCompletableFuture();
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
