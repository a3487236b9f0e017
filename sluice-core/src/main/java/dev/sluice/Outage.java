package dev.sluice;

import java.time.Instant;

/**
 * The store does not answer.
 *
 * @param since when that was found, by what is known of the clock of the store
 * @param why what it failed with
 */
public record Outage(Instant since, String why) {}
