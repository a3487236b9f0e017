package dev.sluice.server;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.OperatorConfig;
import java.util.List;
import java.util.Optional;

/**
 * Something that an operator should know.
 *
 * @param kind what it is about; the rule of notices holds for each kind and thing
 * @param about which flow or channel
 * @param id tells it from others: within 24 h the same id is told once
 * @param tone whether something is wrong, or no longer is
 * @param title one line
 * @param text several lines
 */
record Notice(Kind kind, String about, String id, Tone tone, String title, String text) {
    /** What notices are about. */
    enum Kind {
        /** A message that was given up. */
        UNDELIVERABLE("undeliverable"),
        /** A channel that cannot be reached as a whole. */
        OUTAGE("outage"),
        /** A flow that left the configuration and still owes something. */
        REMOVED("removed"),
        /** A key whose stored state cannot be read. */
        DAMAGED("damaged"),
        /** A subject whose level is not known. */
        UNKNOWN("unknown"),
        /** An action that is not tried again. */
        ACTION("action"),
        /** A job that is not tried again. */
        JOB("job"),
        /** A store of keys that is away. */
        STORE("store"),
        /** A table of the user's that cannot be kept filled. */
        WRITE_BACK("write-back"),
        /** A database of messages that was away. */
        DATABASE("database");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /** Whether something is wrong. */
    enum Tone {
        WRONG("error"),
        OVER("info");

        private final String severity;

        Tone(String severity) {
            this.severity = severity;
        }

        boolean is(Content content) {
            return content.severity().equals(severity);
        }
    }

    /** The key of the notices of a kind about one thing. */
    static Key key(Kind kind, String about) {
        return Key.of(OperatorConfig.FLOW, kind.word + '/' + about);
    }

    Occurrence occurrence() {
        return new Occurrence(
                key(kind, about),
                "",
                new Content(title, text, tone.severity, "{}"),
                List.of(),
                // After a restart, the same notice is not a second one.
                Optional.of(new Occurrence.Request(id, id)),
                Event.Settle.LATER);
    }
}
