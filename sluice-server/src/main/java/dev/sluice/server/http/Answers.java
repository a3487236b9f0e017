package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Claim;
import dev.sluice.Key;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageView;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Writes the members of what the API answers with. */
final class Answers {
    private Answers() {}

    static void decision(JsonGenerator json, Acceptance.Decided decided) throws IOException {
        json.writeStringField("decision", decided.word());
        json.writeStringField("reason", decided.reason());
        key(json, decided.key());
        json.writeNumberField("occurrences", decided.counts().occurrences());
        json.writeNumberField("delivered", decided.counts().delivered());
        json.writeNumberField("held", decided.counts().held());
        time(json, "nextEligibleAt", decided.next());
        if (decided.detail().isPresent()) {
            detail(json, decided.detail().get());
        }
        if (decided.claim().isPresent()) {
            claim(json, decided.claim().get());
        }
        if (decided.message().isPresent()) {
            json.writeObjectFieldStart("message");
            json.writeNumberField("id", decided.message().get().id());
            json.writeStringField("state", decided.message().get().state());
            json.writeEndObject();
        }
    }

    private static void detail(JsonGenerator json, Acceptance.Detail detail) throws IOException {
        if (detail instanceof Acceptance.Would would) {
            json.writeStringField("would", "suppress");
            json.writeStringField("wouldReason", would.reason().word());
        } else if (detail instanceof Acceptance.Refused refused) {
            json.writeObjectFieldStart("budget");
            json.writeStringField("name", refused.budget().variant());
            json.writeStringField("subject", refused.budget().subject());
            json.writeEndObject();
        }
    }

    private static void claim(JsonGenerator json, Claim claim) throws IOException {
        json.writeObjectFieldStart("claim");
        json.writeStringField("token", claim.token());
        json.writeNumberField("fence", claim.fence());
        json.writeStringField("until", claim.until().toString());
        json.writeEndObject();
    }

    /** Flow, variant if there is one, and subject. */
    static void key(JsonGenerator json, Key key) throws IOException {
        json.writeStringField("flow", key.flow());
        if (!key.variant().isEmpty()) {
            json.writeStringField("variant", key.variant());
        }
        json.writeStringField("subject", key.subject());
    }

    /** A time, or null. */
    static void time(JsonGenerator json, String name, Optional<Instant> time) throws IOException {
        if (time.isPresent()) {
            json.writeStringField(name, time.get().toString());
        } else {
            json.writeNullField(name);
        }
    }

    static void books(JsonGenerator json, Books books) throws IOException {
        json.writeObjectFieldStart("books");
        for (Bucket bucket : Bucket.values()) {
            json.writeNumberField(bucket.word(), books.get(bucket));
        }
        json.writeNumberField("unaccounted", books.unaccounted());
        json.writeEndObject();
    }

    static void entry(JsonGenerator json, LedgerEntry entry) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", entry.id());
        json.writeStringField("at", entry.at().toString());
        json.writeStringField("key", entry.key());
        json.writeStringField("kind", entry.kind());
        json.writeStringField("detail", entry.detail());
        json.writeEndObject();
    }

    static void message(JsonGenerator json, MessageView view) throws IOException {
        json.writeStartObject();
        messageMembers(json, view);
        json.writeEndObject();
    }

    static void messageMembers(JsonGenerator json, MessageView view) throws IOException {
        Message message = view.message();
        json.writeNumberField("id", message.id());
        json.writeStringField("state", view.state().word());
        json.writeStringField("kind", message.kind().name().toLowerCase(java.util.Locale.ROOT));
        key(json, message.key());
        json.writeStringField("title", message.content().title());
        json.writeStringField("message", message.content().message());
        json.writeStringField("severity", message.content().severity());
        json.writeFieldName("data");
        json.writeRawValue(message.content().data());
        json.writeNumberField("occurrences", message.tally().occurrences());
        json.writeNumberField("held", message.tally().held());
        json.writeStringField("decidedAt", message.window().decidedAt().toString());
        json.writeStringField("giveUpAt", view.giveUpAt().toString());
        json.writeArrayFieldStart("deliveries");
        for (MessageView.DeliveryView delivery : view.deliveries()) {
            delivery(json, delivery);
        }
        json.writeEndArray();
    }

    private static void delivery(JsonGenerator json, MessageView.DeliveryView delivery) throws IOException {
        json.writeStartObject();
        json.writeStringField("channel", delivery.channel());
        json.writeStringField("recipient", delivery.recipient());
        json.writeStringField("state", delivery.state());
        json.writeNumberField("attempts", delivery.attempts());
        time(json, "nextAt", delivery.nextAt());
        json.writeStringField("note", delivery.note());
        json.writeEndObject();
    }
}
