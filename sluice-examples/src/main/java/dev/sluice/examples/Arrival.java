package dev.sluice.examples;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A message that a receiver took, read as its receiver would.
 *
 * @param at when, by the clock of the story
 * @param kind what it is
 * @param title its title
 * @param note the first line below the title; may be empty
 * @param tells how many occurrences it tells of
 */
record Arrival(Instant at, Kind kind, String title, String note, int tells) {
    private static final Pattern HELD = Pattern.compile("\\[HELD x(\\d+)].*", Pattern.DOTALL);
    private static final String AGGREGATED = "[AGGREGATED x";

    /** What a message is. */
    enum Kind {
        /** One occurrence. */
        PASS,
        /** One occurrence, and how many there were before. */
        SUMMARY,
        /** The telling of what was held. */
        DIGEST
    }

    /** A message with this title, and this below it. */
    static Arrival of(Instant at, String title, String note) {
        Matcher held = HELD.matcher(title);
        if (held.matches()) {
            return new Arrival(at, Kind.DIGEST, title, note, Integer.parseInt(held.group(1)));
        }
        return new Arrival(at, title.startsWith(AGGREGATED) ? Kind.SUMMARY : Kind.PASS, title, note, 1);
    }
}
