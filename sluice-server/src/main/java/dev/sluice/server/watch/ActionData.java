package dev.sluice.server.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;

/**
 * What began an action; kept with its job.
 *
 * @param flow whose watch
 * @param zone in which zone
 * @param values of the subject then
 */
record ActionData(String flow, String zone, Map<String, String> values) {
    private static final JsonMapper JSON = new JsonMapper();

    String text() {
        try {
            return JSON.writeValueAsString(Map.of("flow", flow, "zone", zone, "values", values));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written", e);
        }
    }

    /** @throws IllegalArgumentException if the text is none */
    static ActionData parse(String text) {
        try {
            var tree = JSON.readTree(text);
            Map<String, String> values = JSON.convertValue(tree.path("values"), new TypeReference<>() {});
            return new ActionData(tree.path("flow").asText(), tree.path("zone").asText(), values);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the data of an action are no JSON", e);
        }
    }
}
