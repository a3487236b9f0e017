package dev.sluice.outbox;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the details that a caller gave. Whatever they are, and whoever changes them meanwhile: an error is not kept
 * from being told by what was added to it.
 */
final class Details {
    private static final int MOST_CHARS = 100_000;

    private final Map<String, Object> values = new TreeMap<>();

    private Details() {}

    static Details of(@Nullable Map<String, ?> given) {
        Details details = new Details();
        try {
            if (given != null) {
                given.forEach((name, value) -> details.values.put(text((Object) name), plain(value)));
            }
        } catch (RuntimeException e) {
            details.values.put("details", "not readable: " + e.getClass().getSimpleName());
        }
        return details;
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
        return value instanceof Boolean || value instanceof Integer || value instanceof Long ? value : text(value);
    }

    private static String text(@Nullable Object value) {
        String text;
        try {
            text = value == null ? "" : value.toString();
        } catch (RuntimeException e) {
            text = "not readable: " + e.getClass().getSimpleName();
        }
        return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + " [cut]";
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
