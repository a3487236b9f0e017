package dev.sluice.outbox;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a value as {@link Object#toString} would, but maps and collections only as deep, and all of it only as long, as
 * can be told: they may hold each other, or themselves many times.
 */
final class DetailText {
    private static final int DEPTH = 10;
    private static final String CUT = " [cut]";

    private final StringBuilder text = new StringBuilder();
    private final int most;

    private DetailText(int most) {
        this.most = most;
    }

    /**
     * The text of a value; an empty one for null. Throws nothing.
     *
     * @param most how many characters at most, the sign of a cut aside
     */
    static String of(@Nullable Object value, int most) {
        DetailText written = new DetailText(most);
        try {
            written.write(value == null ? "" : value, 0);
        } catch (RuntimeException | StackOverflowError e) {
            return "not readable: " + e.getClass().getSimpleName();
        }
        return written.isFull() ? written.text.substring(0, most) + CUT : written.text.toString();
    }

    private void write(@Nullable Object value, int depth) {
        boolean nested = value instanceof Map || value instanceof Collection;
        if (nested && depth == DEPTH) {
            text.append("...");
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, depth + 1);
        } else if (value instanceof Collection<?> values) {
            writeAll(values, depth + 1);
        } else {
            String plain = String.valueOf(value);
            text.append(plain, 0, Math.min(plain.length(), most + 1));
        }
    }

    private void writeMap(Map<?, ?> map, int depth) {
        String between = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (isFull()) {
                return;
            }
            text.append(between);
            write(entry.getKey(), depth);
            text.append('=');
            write(entry.getValue(), depth);
            between = ", ";
        }
        text.append(map.isEmpty() ? "{}" : "}");
    }

    private void writeAll(Collection<?> values, int depth) {
        String between = "[";
        for (Object each : values) {
            if (isFull()) {
                return;
            }
            text.append(between);
            write(each, depth);
            between = ", ";
        }
        text.append(values.isEmpty() ? "[]" : "]");
    }

    private boolean isFull() {
        return text.length() > most;
    }
}
