package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Micros;
import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The books of a store of keys beside the database. A copy of them is kept there: for the pictures over time, in which
 * they move when they are copied, and to be shown while the store is away. At most so much of them is not seen.
 */
final class GateBooks {
    private static final long EVERY = Micros.of(Duration.ofSeconds(10));

    private final SqlStore database;
    private final GateStore gate;
    private long last = Micros.ABSENT;

    GateBooks(SqlStore database, GateStore gate) {
        this.database = database;
        this.gate = gate;
    }

    /** Those of the store of keys, and what the outbox moved by itself. */
    Map<String, Books> all() {
        Map<String, Books> ours = BookKeeping.own(database);
        Map<String, Books> all = new TreeMap<>(ours);
        gates().forEach((flow, books) -> all.merge(flow, books, Books::plus));
        return all;
    }

    private Map<String, Books> gates() {
        try {
            return Desk.await(gate.books().get());
        } catch (StoreException away) {
            return BookKeeping.copied(database);
        }
    }

    /** Copies them, unless that was done a short while ago. Only the due-loop asks. */
    void keep() {
        long now = database.now();
        if (last != Micros.ABSENT && now >= last && now - last < EVERY) {
            return;
        }
        last = now;
        Map<String, Books> all = new TreeMap<>(Desk.await(gate.books().get()));
        Desk.await(database.transactAhead(unit -> {
            for (Map.Entry<String, Books> flow : all.entrySet()) {
                BookKeeping.copy(unit, flow.getKey(), flow.getValue());
            }
            return all.size();
        }));
    }
}
