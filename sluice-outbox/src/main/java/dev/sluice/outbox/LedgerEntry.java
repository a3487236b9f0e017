package dev.sluice.outbox;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One line of the ledger: what was decided, delivered, reported or done by hand. Never one per suppression.
 *
 * @param id its number; rises with time
 * @param at when
 * @param key text of the key
 * @param kind one of {@link #KINDS}
 * @param detail what happened, in words
 */
public record LedgerEntry(long id, Instant at, String key, String kind, String detail) {
    /** Every kind of entry. */
    public static final List<String> KINDS =
            Arrays.stream(Ledger.Kind.values()).map(Ledger.Kind::word).toList();
}
