package dev.sluice.server.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Sample;
import dev.sluice.server.template.Placeholder;
import dev.sluice.server.text.SafeText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a message gives to templates: harmless as plain text, and bounded. What is not known is empty. */
final class TemplateValues {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_WORD = 200;
    private static final int MOST_SAMPLE = 1_000;

    private TemplateValues() {}

    static Map<String, Object> of(Outgoing outgoing, Rendered rendered, String chat) {
        Map<String, Object> values = new HashMap<>();
        key(values, outgoing.message().key());
        said(values, outgoing.message().content());
        counted(values, outgoing.message());
        put(values, Placeholder.TITLE, rendered.title());
        put(values, Placeholder.TEXT, rendered.textWithoutLink().stripTrailing());
        put(values, Placeholder.LINK, rendered.link().orElse(""));
        put(values, Placeholder.RECIPIENT, SafeText.line(outgoing.recipient(), MOST_WORD));
        put(values, Placeholder.KEY, outgoing.idempotencyKey());
        put(values, Placeholder.CHAT, chat);
        return values;
    }

    private static void key(Map<String, Object> values, Key key) {
        put(values, Placeholder.FLOW, key.flow());
        put(values, Placeholder.VARIANT, key.variant());
        put(values, Placeholder.SUBJECT, SafeText.line(key.subject(), Key.MAX_SUBJECT_BYTES));
    }

    private static void said(Map<String, Object> values, Content content) {
        put(values, Placeholder.MESSAGE, SafeText.block(content.message(), Rendering.MOST_BODY));
        put(values, Placeholder.SEVERITY, SafeText.line(content.severity(), MOST_WORD));
        put(values, Placeholder.DATA, data(content.data()));
    }

    private static void counted(Map<String, Object> values, Message message) {
        Message.Tally tally = message.tally();
        put(values, Placeholder.ID, String.valueOf(message.id()));
        put(values, Placeholder.KIND, message.kind().name().toLowerCase(Locale.ROOT));
        put(values, Placeholder.OCCURRENCES, tally.occurrences());
        put(values, Placeholder.HELD, tally.held());
        put(values, Placeholder.FIRST, time(tally.first()));
        put(values, Placeholder.LAST, time(tally.last()));
        put(values, Placeholder.AT, message.window().decidedAt().toString());
        put(values, Placeholder.HELD_UNTIL, time(message.window().heldUntil()));
        put(
                values,
                Placeholder.SAMPLES,
                message.samples().stream().map(TemplateValues::sample).toList());
    }

    private static Map<String, Object> sample(Sample sample) {
        Map<String, Object> values = new LinkedHashMap<>();
        put(values, Placeholder.AT, sample.at().toString());
        put(values, Placeholder.TITLE, SafeText.line(sample.title(), Rendering.MOST_TITLE));
        put(values, Placeholder.MESSAGE, SafeText.block(sample.message(), MOST_SAMPLE));
        return values;
    }

    private static void put(Map<String, Object> values, Placeholder placeholder, Object value) {
        values.put(placeholder.word(), value);
    }

    private static String time(Optional<Instant> time) {
        return time.map(Instant::toString).orElse("");
    }

    /** Data that is longer than a mail shows is not told here either. */
    private static Object data(String text) {
        try {
            return text.length() > Rendering.MOST_BODY ? Map.of() : harmless(JSON.readValue(text, Object.class));
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }

    private static Object harmless(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> safe = new LinkedHashMap<>();
            map.forEach(
                    (name, each) -> safe.put(SafeText.line(String.valueOf(name), MOST_WORD), harmlessOrEmpty(each)));
            return safe;
        } else if (value instanceof List<?> list) {
            List<Object> safe = new ArrayList<>();
            list.forEach(each -> safe.add(harmlessOrEmpty(each)));
            return safe;
        }
        return value instanceof String text ? SafeText.block(text, Rendering.MOST_BODY) : value;
    }

    private static Object harmlessOrEmpty(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? "" : harmless(value);
    }
}
