package dev.sluice;

import java.time.Instant;

/**
 * The store, or a part of it, does not answer.
 *
 * @param since when that was found, by what is known of the clock of the store
 * @param why what it failed with
 * @param inPart whether another part of the store answers
 */
public record Outage(Instant since, String why, boolean inPart) {
    /** Of a store as a whole. */
    public Outage(Instant since, String why) {
        this(since, why, false);
    }
}
