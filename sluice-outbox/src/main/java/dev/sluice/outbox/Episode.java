package dev.sluice.outbox;

import dev.sluice.Key;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a subject was in a zone of a watch, and what was found and told of it.
 *
 * @param id its number; a later one is higher
 * @param key flow, zone as the variant, and subject
 * @param times when it began, was seen and told, and ended
 * @param counts what was found
 * @param opening what opened it; its mark is the one that was in force when somebody was told last
 * @param state whether it is open, and if not why
 */
public record Episode(long id, Key key, Times times, Counts counts, Sighting opening, State state) {
    /**
     * When what happened.
     *
     * @param openedAt the first sighting
     * @param lastSeen the last one
     * @param notifiedAt when a message of it was delivered first
     * @param closedAt when it was over
     */
    public record Times(Instant openedAt, Instant lastSeen, Optional<Instant> notifiedAt, Optional<Instant> closedAt) {}

    /**
     * What was found.
     *
     * @param checks how often it was looked at, the first time included
     * @param held how many of these were not told
     */
    public record Counts(long checks, long held) {
        Counts plus(Counts other) {
            return new Counts(checks + other.checks, held + other.held);
        }
    }

    /** Where an episode is. */
    public enum State {
        /** It lasts. */
        OPEN,
        /** The level came back. */
        RECOVERED,
        /** It was not seen for as long as its rule remembers. */
        IDLE,
        /** An operator said that it is over. */
        RESET;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** The word for it outside Java. */
        public String word() {
            return word;
        }
    }

    /** The same with what was counted since, and seen last at {@code seen} unless that was before. */
    Episode counting(Counts since, Instant seen) {
        Instant last = seen.isAfter(times.lastSeen) ? seen : times.lastSeen;
        return new Episode(
                id,
                key,
                new Times(times.openedAt, last, times.notifiedAt, times.closedAt),
                counts.plus(since),
                opening,
                state);
    }
}
