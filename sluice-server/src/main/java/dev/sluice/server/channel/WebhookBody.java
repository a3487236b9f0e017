package dev.sluice.server.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Sample;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A message as JSON. Every field is always there; what is not known is null. The title is the one of the other channels;
 * message and data are as they came, but for what is too long for a mail, too: {@code cut} names it.
 */
final class WebhookBody {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private WebhookBody() {}

    static String of(Outgoing outgoing, Rendered rendered) {
        Message message = outgoing.message();
        Content content = message.content();
        ObjectNode body = JSON.createObjectNode();
        body.put("flow", message.key().flow());
        body.put("variant", message.key().variant());
        body.put("subject", message.key().subject());
        body.put("kind", message.kind().name().toLowerCase(Locale.ROOT));
        body.put("title", rendered.title());
        body.put("message", cut(content.message()));
        body.put("severity", content.severity());
        body.put("occurrences", message.tally().occurrences());
        body.put("held", message.tally().held());
        body.put("first", time(message.tally().first()));
        body.put("last", time(message.tally().last()));
        body.put("at", message.window().decidedAt().toString());
        body.put("heldUntil", time(message.window().heldUntil()));
        body.set("samples", samples(message.samples()));
        body.set("members", members(message.members()));
        body.put("link", rendered.link().orElse(null));
        body.put("recipient", outgoing.recipient());
        body.set("data", tooLong(content.data()) ? JSON.createObjectNode() : data(content.data()));
        body.set("cut", cutOnes(content));
        return text(body);
    }

    /** In UTF-16 code units, as its length is counted in most places; no pair of surrogates is cut in two. */
    private static String cut(String text) {
        if (!tooLong(text)) {
            return text;
        }
        boolean pair = Character.isHighSurrogate(text.charAt(Rendering.MOST_BODY - 1));
        return text.substring(0, Rendering.MOST_BODY - (pair ? 1 : 0));
    }

    private static ArrayNode cutOnes(Content content) {
        ArrayNode cut = JSON.createArrayNode();
        if (tooLong(content.message())) {
            cut.add("message");
        }
        if (tooLong(content.data())) {
            cut.add("data");
        }
        return cut;
    }

    private static boolean tooLong(String text) {
        return text.length() > Rendering.MOST_BODY;
    }

    private static ArrayNode samples(List<Sample> samples) {
        ArrayNode array = JSON.createArrayNode();
        for (Sample sample : samples) {
            array.addObject()
                    .put("at", sample.at().toString())
                    .put("title", sample.title())
                    .put("message", sample.message());
        }
        return array;
    }

    private static ArrayNode members(List<Message.Member> members) {
        ArrayNode array = JSON.createArrayNode();
        for (Message.Member member : members) {
            ObjectNode node = array.addObject()
                    .put("subject", member.key().subject())
                    .put("variant", member.key().variant())
                    .put("title", member.content().title())
                    .put("message", cut(member.content().message()))
                    .put("held", member.tally().held());
            node.set(
                    "data",
                    tooLong(member.content().data())
                            ? JSON.createObjectNode()
                            : data(member.content().data()));
        }
        return array;
    }

    private static JsonNode data(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    @SuppressWarnings("NullAway") // null is how JSON says that a time is not known
    private static String time(Optional<Instant> time) {
        return time.map(Instant::toString).orElse(null);
    }

    private static String text(ObjectNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers can always be written", e);
        }
    }
}
