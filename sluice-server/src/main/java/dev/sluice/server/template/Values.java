package dev.sluice.server.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.Map;

/** What the value of a placeholder becomes: in a text, and where it takes the place of a whole JSON value. */
final class Values {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Values() {}

    static String text(Object value) {
        boolean tree = value instanceof Map || value instanceof Collection;
        return tree ? written(json(value)) : String.valueOf(value);
    }

    static JsonNode json(Object value) {
        return JSON.valueToTree(value);
    }

    static String written(JsonNode tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers can always be written", e);
        }
    }
}
