package dev.sluice;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Finds out whether a part of a store takes steps. One that is full, a replica or read-only answers whoever reads, and is of no
 * use: so a probe is a report of nothing, which takes the way of every decision and must be written. It moves no books,
 * and its key goes as every key goes that holds nothing. Safe for use by many threads.
 */
final class Probe {
    private static final String NAME = "probe";

    /** One that no occurrence can have, in a store of one part. */
    static final Key KEY = Key.of(Budget.FLOW, NAME);

    private final Store store;
    private final Key key;
    private final long reporter;

    /** Rises with each probe: a report that is known already would write nothing. */
    private final AtomicLong sequence = new AtomicLong();

    /**
     * @param part of the store: the probe goes where the steps of its keys go
     * @param ids tells this reporter from all others
     */
    Probe(Store store, int part, RandomGenerator ids) {
        this.store = store;
        this.key = key(store, part);
        this.reporter = ids.nextLong();
    }

    /** Always the same one, so that processes share it: names are tried until one lies there. */
    private static Key key(Store store, int part) {
        Key key = KEY;
        for (int next = 1; store.part(key) != part; next++) {
            key = Key.of(Budget.FLOW, NAME + "-" + next);
        }
        return key;
    }

    /** Asks once; fails as the store does. */
    CompletableFuture<Outcome> ask() {
        Event nothing = new Event.Report(reporter, sequence.incrementAndGet(), OptionalLong.empty(), 0, 0, 0, 0);
        Command command = new Command(key, Turns.RULE, nothing);
        try {
            return store.apply(command).toCompletableFuture();
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
