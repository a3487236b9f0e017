package dev.sluice.server.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.SubjectRecipe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The subjects of occurrences, as a server that follows the same recipe makes them. */
final class Subjects {
    private static final JsonMapper JSON = new JsonMapper();

    private final SubjectRecipe recipe;

    Subjects(SubjectRecipe recipe) {
        this.recipe = recipe;
    }

    String of(Item.Occurrence occurrence) {
        JsonNode json = json(occurrence);
        return json.hasNonNull("subject") ? text(json.get("subject")) : recipe.subject(values(json));
    }

    /** Its message; if it has none, all of it. */
    String example(Item.Occurrence occurrence) {
        String message = values(json(occurrence)).getOrDefault("message", "");
        return message.isBlank() ? occurrence.json() : message;
    }

    /** Whether there is anything that its subject could tell it from others by. */
    static boolean speaks(Item.Occurrence occurrence) {
        JsonNode json = json(occurrence);
        return json.hasNonNull("subject")
                || !values(json).getOrDefault("message", "").isBlank();
    }

    /** The names of all that it says. */
    static List<String> names(Item.Occurrence occurrence) {
        return values(json(occurrence)).keySet().stream()
                .filter(name -> !name.equals("fields"))
                .sorted()
                .toList();
    }

    private static Map<String, String> values(JsonNode json) {
        Map<String, String> values = new HashMap<>();
        json.properties().forEach(each -> values.put(each.getKey(), text(each.getValue())));
        json.path("fields").properties().forEach(each -> values.put(each.getKey(), text(each.getValue())));
        return values;
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.toString();
    }

    private static JsonNode json(Item.Occurrence occurrence) {
        try {
            return JSON.readTree(occurrence.json());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a source gives JSON only", e);
        }
    }
}
