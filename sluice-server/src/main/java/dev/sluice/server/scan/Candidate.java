package dev.sluice.server.scan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.ContentHash;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.ScanConfig.Columns;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the rows of one subject are together.
 *
 * @param user whose it is: the value of the column of the subject
 * @param content the name of its content
 * @param values what its rows have in common: those of the first one
 * @param items what each row has of its own
 * @param age how old it is: the youngest of its rows
 * @param address to whom it goes; empty: the channels know
 */
record Candidate(
        String user,
        String content,
        Map<String, String> values,
        List<Map<String, String>> items,
        Optional<Duration> age,
        Optional<String> address) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Stands between the user and the content; a content has none. */
    private static final String BETWEEN = "/";

    /**
     * Makes one of rows, of which there is at least one.
     *
     * @throws Bad if they cannot be one
     */
    static Candidate of(Columns columns, List<Map<String, String>> rows) throws Bad {
        String user = rows.get(0).getOrDefault(columns.subject(), "");
        List<List<Optional<String>>> parts = new ArrayList<>();
        List<Map<String, String>> items = new ArrayList<>();
        Optional<Duration> age = Optional.empty();
        for (Map<String, String> row : rows) {
            check(columns, row);
            parts.add(columns.content().stream()
                    .map(name -> Optional.ofNullable(row.get(name)))
                    .toList());
            items.add(only(row, columns.items()));
            Optional<Duration> of = age(columns, row);
            boolean younger = age.isEmpty() || of.orElse(age.get()).compareTo(age.get()) < 0;
            age = younger ? of : age;
        }
        Map<String, String> values = new LinkedHashMap<>(rows.get(0));
        values.keySet().removeAll(columns.items());
        return new Candidate(user, content(columns, rows, parts), values, items, age, address(columns, rows.get(0)));
    }

    private static String content(Columns columns, List<Map<String, String>> rows, List<List<Optional<String>>> parts)
            throws Bad {
        if (columns.namedBy().isEmpty()) {
            return ContentHash.of(parts);
        }
        List<String> names = rows.stream()
                .map(row -> row.getOrDefault(columns.namedBy().get(), "").strip())
                .distinct()
                .toList();
        String name = names.get(0);
        if (names.size() > 1 || name.isEmpty() || name.contains(BETWEEN)) {
            throw new Bad("'" + columns.namedBy().get() + "' is not one name without '" + BETWEEN + "'");
        }
        return name;
    }

    /** Why rows are no candidate. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1;

        Bad(String why) {
            super(why, null, false, false);
        }
    }

    private static void check(Columns columns, Map<String, String> row) throws Bad {
        for (String name : columns.required()) {
            if (row.getOrDefault(name, "").isBlank()) {
                throw new Bad("a row has no '" + name + "'");
            }
        }
    }

    private static Optional<String> address(Columns columns, Map<String, String> row) {
        return columns.address().map(name -> row.getOrDefault(name, "").strip());
    }

    private static Optional<Duration> age(Columns columns, Map<String, String> row) throws Bad {
        if (columns.age().isEmpty()) {
            return Optional.empty();
        }
        String text = row.getOrDefault(columns.age().get(), "");
        try {
            return Optional.of(Duration.ofMillis(new BigDecimal(text.strip())
                    .movePointRight(3)
                    .setScale(0, RoundingMode.DOWN)
                    .longValueExact()));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new Bad("'" + columns.age().get() + "' is no number of seconds");
        }
    }

    private static Map<String, String> only(Map<String, String> row, List<String> names) {
        Map<String, String> some = new LinkedHashMap<>();
        names.forEach(name -> Optional.ofNullable(row.get(name)).ifPresent(value -> some.put(name, value)));
        return some;
    }

    /** What it is about as the subject of a key: user and content. */
    String subject() {
        return user + BETWEEN + content;
    }

    /** The content in the subject of a key. */
    static String content(String subject) {
        return subject.substring(subject.lastIndexOf(BETWEEN) + 1);
    }

    /** What messages know of it, as JSON: the common values, and {@code items}. */
    String data() {
        Map<String, Object> data = new LinkedHashMap<>(values);
        data.put("items", items);
        try {
            return JSON.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written", e);
        }
    }

    /** It as something that wants to go out. */
    Occurrence occurrence(String flow) {
        Key key = Key.of(flow, subject());
        return new Occurrence(
                key,
                key.subject().equals(subject()) ? "" : subject(),
                new Content(subject(), "", "", data()),
                address.stream().toList(),
                Optional.empty(),
                Event.Settle.LATER);
    }
}
