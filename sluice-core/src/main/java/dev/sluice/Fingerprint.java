package dev.sluice;

import java.util.Locale;
import java.util.Map;

/**
 * The beginning of a text, as a part of a subject. Pure, safe for use by many threads: equal texts give equal
 * fingerprints in every process.
 *
 * <p>The text is cut as it came; whatever else happens to it happens afterwards. So two texts that agree in their first
 * {@code chars} characters always have the same fingerprint.
 *
 * @param field name of the value that holds the text
 * @param chars how many characters (Unicode code points; none is ever split) count; {@value #WHOLE}: all of them
 */
public record Fingerprint(String field, int chars) {
    /** As {@code chars}: no cut. */
    public static final int WHOLE = 0;

    /** @throws IllegalArgumentException if {@code chars} is negative */
    public Fingerprint {
        if (chars < 0) {
            throw new IllegalArgumentException(
                    "a fingerprint of " + chars + " characters; the least is 1, or 0 for all");
        }
    }

    /** The fingerprint of {@code text}: cut, trimmed, in lower case. Never throws, whatever the text is. */
    public String of(String text) {
        return cut(text).strip().toLowerCase(Locale.ROOT);
    }

    /** The fingerprint of the value named {@link #field()}; a missing value is an empty text. */
    String of(Map<String, String> values) {
        return of(values.getOrDefault(field, ""));
    }

    private String cut(String text) {
        return chars == WHOLE || text.length() <= chars || text.codePointCount(0, text.length()) <= chars
                ? text
                : text.substring(0, text.offsetByCodePoints(0, chars));
    }
}
