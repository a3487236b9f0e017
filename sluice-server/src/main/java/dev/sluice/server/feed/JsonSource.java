package dev.sluice.server.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Every line that is not blank is a JSON object: an occurrence as the API takes it, or a row to map. */
final class JsonSource implements Source {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final LineReader lines;
    private final Mapping mapping;

    /** @param mapping if empty, objects are taken as they are */
    JsonSource(LineReader lines, Mapping mapping) {
        this.lines = lines;
        this.mapping = mapping;
    }

    @Override
    public Optional<Item> next() throws IOException {
        return lines.nextWritten().map(this::item);
    }

    @Override
    public boolean idle() throws IOException {
        return lines.idle();
    }

    private Item item(LineReader.Line line) {
        if (!line.whole()) {
            return new Item.Bad(line.number(), "longer than " + LineReader.MOST + " characters");
        }
        try {
            JsonNode node = JSON.readTree(line.text());
            return node.isObject()
                    ? new Item.Occurrence(line.number(), mapping.isEmpty() ? line.text() : mapped(node))
                    : new Item.Bad(line.number(), "not a JSON object");
        } catch (JsonProcessingException e) {
            return new Item.Bad(line.number(), "not JSON: " + e.getOriginalMessage());
        }
    }

    private String mapped(JsonNode node) {
        Map<String, String> row = new LinkedHashMap<>();
        node.properties().forEach(property -> {
            JsonNode value = property.getValue();
            row.put(property.getKey(), value.isValueNode() ? value.asText() : value.toString());
        });
        return mapping.occurrence(row);
    }
}
