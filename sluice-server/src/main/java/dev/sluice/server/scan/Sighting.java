package dev.sluice.server.scan;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A candidate that a scan read and that did not go out.
 *
 * @param user whose it is
 * @param subject of its key in full: the user and the name of its content
 * @param at when it was read, by the clock of the keys
 * @param age how old it was then, if the query says so
 * @param fate why it did not go out
 * @param data what a message would know of it, as JSON; {@code {}} where that is long
 */
public record Sighting(String user, String subject, Instant at, Optional<Duration> age, Fate fate, String data) {
    /** Why a candidate did not go out. */
    public sealed interface Fate {
        /** Enough were let out for now: the next scan offers it. */
        record Later() implements Fate {}

        /** It could not be offered: the next scan does. */
        record NotOffered() implements Fate {}

        /** It is older than what is sent. */
        record TooOld() implements Fate {}

        /**
         * It was offered and held.
         *
         * @param reason the word of the {@link dev.sluice.Reason}
         * @param budget the budget that refused it, if one did
         * @param until when it may go out; empty if only a reset helps
         */
        record Held(String reason, Optional<String> budget, Optional<Instant> until) implements Fate {}
    }
}
