package dev.sluice.server.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * JSON whose texts hold placeholders. The tree is read before anything is filled in and written after it, so no value can
 * break out of its text. A text that is nothing but a placeholder of a number, a map or a list becomes that.
 */
final class JsonTemplate implements BodyTemplate {
    private static final Pattern ALONE = Pattern.compile("\\{\\{\\s*([A-Za-z]+(?:\\.[^{}\\s.]+)*)\\s*}}");

    private static final String NOT_JSON = "is no JSON; placeholders stand in quotes, numbers, too: \"{{held}}\"";

    private final String contentType;
    private final Part whole;

    private JsonTemplate(String contentType, Part whole) {
        this.contentType = contentType;
        this.whole = whole;
    }

    /** A value of the tree. */
    private sealed interface Part {
        /** The same for every message. */
        record Fixed(JsonNode value) implements Part {}

        /** A text; {@code alone} is the placeholder that is all of it. */
        record Text(TextTemplate text, Optional<String> alone) implements Part {}

        /** Values by name. */
        record Fields(Map<String, Part> fields) implements Part {}

        /** Values in order. */
        record Items(List<Part> items) implements Part {}
    }

    static JsonTemplate of(String contentType, String text) throws TemplateException {
        try {
            JsonNode tree = Values.JSON
                    .reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text);
            if (tree.isMissingNode()) {
                throw new TemplateException(0, NOT_JSON);
            }
            return new JsonTemplate(contentType, part(tree, text));
        } catch (JsonProcessingException e) {
            int line = Optional.ofNullable(e.getLocation())
                    .map(it -> it.getLineNr())
                    .orElse(0);
            throw new TemplateException(line, NOT_JSON);
        }
    }

    private static Part part(JsonNode node, String whole) throws TemplateException {
        if (node instanceof TextNode text) {
            Matcher alone = ALONE.matcher(text.textValue());
            return new Part.Text(
                    TextTemplate.of(text.textValue(), whole),
                    alone.matches() ? Optional.of(alone.group(1)) : Optional.empty());
        } else if (node instanceof ArrayNode array) {
            List<Part> items = new ArrayList<>();
            for (JsonNode each : array) {
                items.add(part(each, whole));
            }
            return new Part.Items(items);
        } else if (node instanceof ObjectNode object) {
            Map<String, Part> fields = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> each : object.properties()) {
                if (each.getKey().contains("{{")) {
                    throw new TemplateException(0, "has a placeholder in a name; only values can have them");
                }
                fields.put(each.getKey(), part(each.getValue(), whole));
            }
            return new Part.Fields(fields);
        }
        return new Part.Fixed(node);
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public String render(Map<String, Object> values) {
        return Values.written(node(whole, values));
    }

    private static JsonNode node(Part part, Map<String, Object> values) {
        if (part instanceof Part.Fields fields) {
            ObjectNode object = Values.JSON.createObjectNode();
            fields.fields().forEach((name, each) -> object.set(name, node(each, values)));
            return object;
        } else if (part instanceof Part.Items items) {
            ArrayNode array = Values.JSON.createArrayNode();
            items.items().forEach(each -> array.add(node(each, values)));
            return array;
        } else if (part instanceof Part.Text text) {
            return text.alone()
                    .flatMap(name -> typed(name, values))
                    .orElseGet(() -> TextNode.valueOf(text.text().render(values)));
        }
        return ((Part.Fixed) part).value();
    }

    /** What is more than a text; nothing if it is one, or not there. */
    private static Optional<JsonNode> typed(String name, Map<String, Object> values) {
        Optional<Object> value = Optional.of(values);
        for (String step : name.split("\\.", -1)) {
            value = value.flatMap(
                    at -> at instanceof Map<?, ?> map ? Optional.ofNullable(map.get(step)) : Optional.empty());
        }
        return value.filter(it -> !(it instanceof String)).map(Values::json);
    }

    @Override
    public List<String> literals() {
        return BodyTemplate.literals(texts(whole));
    }

    private static Stream<TextTemplate> texts(Part part) {
        if (part instanceof Part.Fields fields) {
            return fields.fields().values().stream().flatMap(JsonTemplate::texts);
        } else if (part instanceof Part.Items items) {
            return items.items().stream().flatMap(JsonTemplate::texts);
        }
        return part instanceof Part.Text text ? Stream.of(text.text()) : Stream.empty();
    }

    @Override
    public String toString() {
        return "***";
    }
}
