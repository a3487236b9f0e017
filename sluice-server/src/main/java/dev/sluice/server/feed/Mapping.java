package dev.sluice.server.feed;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which column becomes which part of an occurrence. Parts that the API knows by name go there, others into its
 * {@code fields}; columns that nobody mentions are kept as {@code data}. Without any mapping, a column is the part of
 * its own name in lower case. Immutable.
 */
final class Mapping {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> PARTS = Set.of("subject", "title", "message", "severity", "variant", "id");

    private final Map<String, String> columns;

    /** @param columns the column for each part */
    Mapping(Map<String, String> columns) {
        this.columns = new LinkedHashMap<>(columns);
    }

    boolean isEmpty() {
        return columns.isEmpty();
    }

    /** The mapped columns that {@code present} lacks, in order. */
    List<String> missing(List<String> present) {
        List<String> missing = new ArrayList<>(columns.values());
        missing.removeAll(present);
        return missing;
    }

    /** The occurrence that a row stands for, as JSON on one line. */
    String occurrence(Map<String, String> row) {
        ObjectNode occurrence = JSON.createObjectNode();
        ObjectNode fields = JSON.createObjectNode();
        ObjectNode data = JSON.createObjectNode();
        parts(row).forEach((part, value) -> {
            if (!PARTS.contains(part)) {
                fields.put(part, value);
            } else if (!value.isBlank()) {
                occurrence.put(part, value);
            }
        });
        if (!columns.isEmpty()) {
            row.forEach((column, value) -> {
                if (!columns.containsValue(column)) {
                    data.put(column, value);
                }
            });
        }
        // The API takes either the subject, or what it is made of.
        boolean named = occurrence.has("subject");
        if (!named) {
            occurrence.set("fields", fields);
        } else {
            data.setAll(fields);
        }
        if (!data.isEmpty()) {
            occurrence.set("data", data);
        }
        return occurrence.toString();
    }

    private Map<String, String> parts(Map<String, String> row) {
        Map<String, String> parts = new LinkedHashMap<>();
        if (columns.isEmpty()) {
            row.forEach((column, value) -> parts.put(column.strip().toLowerCase(Locale.ROOT), value));
        } else {
            columns.forEach((part, column) -> {
                if (row.containsKey(column)) {
                    parts.put(part, row.getOrDefault(column, ""));
                }
            });
        }
        return parts;
    }
}
