package dev.sluice.server.channel;

import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Messages to send in tests, changed one thing at a time. */
final class Example {
    static final Instant NOON = Instant.parse("2026-03-04T12:00:00.250Z");
    static final Content DOWN =
            new Content("Database down", "No answer from db-1\nfor 30 s", "error", "{\"host\":\"db-1\"}");
    static final Message PASS = message(Message.Kind.PASS, new Message.Tally(1, 0, Optional.empty(), Optional.empty()));
    static final Message SUMMARY =
            message(Message.Kind.SUMMARY, new Message.Tally(3, 0, Optional.empty(), Optional.empty()));
    static final Message LAST = new Message(
            PASS.id(),
            PASS.key(),
            PASS.kind(),
            PASS.content(),
            PASS.tally(),
            new Message.Window(NOON, Optional.of(NOON.plusSeconds(3600))),
            List.of());
    static final Message WITH_NEXT = message(Message.Kind.PASS, held(94));
    static final Message DIGEST = new Message(
            43,
            PASS.key(),
            Message.Kind.DIGEST,
            DOWN,
            held(95),
            PASS.window(),
            List.of(
                    new Sample(NOON.minusSeconds(3000), "Database down", "No answer from db-1"),
                    new Sample(NOON.minusSeconds(2000), "", "No answer from db-2")));

    static final Outgoing PASS_OUT = outgoing(PASS);

    private Example() {}

    static Message saying(String title, String text) {
        return saying(new Content(title, text, "error", "{}"));
    }

    static Message saying(Content content) {
        return new Message(PASS.id(), PASS.key(), Message.Kind.PASS, content, PASS.tally(), PASS.window(), List.of());
    }

    static Outgoing outgoing(Message message) {
        return outgoing(message, "");
    }

    static Outgoing outgoing(Message message, String recipient) {
        return new Outgoing(message, recipient, "m42-ops-1", 1, Duration.ofSeconds(20));
    }

    static Outgoing within(Outgoing outgoing, Duration timeout) {
        return new Outgoing(
                outgoing.message(), outgoing.recipient(), outgoing.idempotencyKey(), outgoing.attempt(), timeout);
    }

    private static Message.Tally held(long held) {
        return new Message.Tally(held, held, Optional.of(NOON.minusSeconds(3000)), Optional.of(NOON.minusSeconds(600)));
    }

    private static Message message(Message.Kind kind, Message.Tally tally) {
        Key key = new Key("errors", "critical", "billing/timeout");
        return new Message(42, key, kind, DOWN, tally, new Message.Window(NOON, Optional.empty()), List.of());
    }
}
