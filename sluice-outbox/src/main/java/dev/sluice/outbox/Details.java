package dev.sluice.outbox;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the details that a caller gave. Whatever they are, and whoever changes them meanwhile: an error is not kept
 * from being told by what was added to it.
 */
final class Details {
    /** Of one name or value. */
    private static final int MOST_CHARS = 100_000;

    /** Of all together; what comes behind is counted only. */
    private static final int MOST_OF_ALL = 500_000;

    private static final String NAME = "details";

    private final Map<String, Object> values = new TreeMap<>();
    private int room = MOST_OF_ALL;

    private Details() {}

    /** @param first the name of a value that is taken before all others */
    static Details of(@Nullable Map<String, ?> given, String first) {
        Details details = new Details();
        try {
            if (given != null) {
                details.addAll(given, first);
            }
        } catch (RuntimeException | StackOverflowError e) {
            details.values.put(NAME, "not readable: " + e.getClass().getSimpleName());
        }
        return details;
    }

    private void addAll(Map<String, ?> given, String first) {
        given.forEach((name, value) -> {
            if (first.equals(name)) {
                add(first, value);
            }
        });
        int left = 0;
        for (Map.Entry<?, ?> entry : given.entrySet()) {
            if (room <= 0) {
                left++;
            } else if (!first.equals(entry.getKey())) {
                add(DetailText.of(entry.getKey(), MOST_CHARS), entry.getValue());
            }
        }
        if (left > 0) {
            values.put(NAME, left + " more were left out");
        }
    }

    private void add(String name, @Nullable Object value) {
        Object plain = plain(value);
        values.put(name, plain);
        room -= name.length() + plain.toString().length();
    }

    /** The text of a value; empty if there is none. */
    String text(String name) {
        return values.getOrDefault(name, "").toString();
    }

    /** A JSON object; whole numbers and truth values as they are, everything else as text. */
    String json() {
        StringBuilder object = new StringBuilder("{");
        values.forEach((name, value) -> object.append(object.length() > 1 ? "," : "")
                .append(quoted(name))
                .append(':')
                .append(value instanceof String text ? quoted(text) : value));
        return object.append('}').toString();
    }

    private static Object plain(@Nullable Object value) {
        return value instanceof Boolean || value instanceof Integer || value instanceof Long
                ? value
                : DetailText.of(value, MOST_CHARS);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
