package dev.sluice.outbox;

import java.time.Instant;

/**
 * One line of the ledger: what was decided, delivered, reported or done by hand. Never one per suppression.
 *
 * @param id its number; rises with time
 * @param at when
 * @param key text of the key
 * @param kind {@code pass}, {@code summary}, {@code settle}, {@code lost}, {@code tally}, {@code digest},
 *     {@code reset}, {@code action} ...
 * @param detail what happened, in words
 */
public record LedgerEntry(long id, Instant at, String key, String kind, String detail) {}
