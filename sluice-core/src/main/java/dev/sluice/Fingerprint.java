package dev.sluice;

import java.util.Map;

/**
 * The beginning of a text, as a part of a subject. Pure, immutable, safe for use by many threads: equal texts give equal
 * fingerprints in every process.
 *
 * <p>The text is cut as it came; whatever else happens to it happens afterwards. So two texts that agree in their first
 * {@code chars} characters always have the same fingerprint.
 *
 * @param field name of the value that holds the text
 * @param chars how many characters (Unicode code points; none is ever split) count; {@value #WHOLE}: all of them
 * @param normalise whether the parts that vary from one occurrence to the next (numbers, times, ids, addresses, paths,
 *     names in quotes and the like) are replaced by one sign, so that the same error about something else has the same
 *     fingerprint; {@code false}: only trimmed and in lower case
 */
public record Fingerprint(String field, int chars, boolean normalise) {
    /** As {@code chars}: no cut. */
    public static final int WHOLE = 0;

    /** @throws IllegalArgumentException if {@code chars} is negative */
    public Fingerprint {
        if (chars < WHOLE) {
            throw new IllegalArgumentException(
                    "a fingerprint of " + chars + " characters; the least is 1, or " + WHOLE + " for all");
        }
    }

    /**
     * The fingerprint of a text, in lower case. Never throws, whatever the text is, and takes time in proportion to what
     * counts of it.
     */
    public String of(String text) {
        int end = end(text);
        String beginning = text.substring(0, end);
        if (!normalise) {
            return LowerCase.of(beginning.strip());
        }
        return reachesCut(beginning) ? NormalForm.ofBeginning(beginning, chars) : NormalForm.of(beginning);
    }

    /** The fingerprint of the value named {@link #field()}; a missing value is an empty text. */
    String of(Map<String, String> values) {
        return of(values.getOrDefault(field, ""));
    }

    private int end(String text) {
        if (chars == WHOLE || text.length() <= chars) {
            return text.length();
        }
        int end = 0;
        for (int count = 0; count < chars && end < text.length(); count++) {
            end += Character.charCount(text.codePointAt(end));
        }
        return end;
    }

    /** Whether the text may go on; must not depend on what is behind the cut, and so takes a text that ends there as cut. */
    private boolean reachesCut(String beginning) {
        return chars != WHOLE
                && beginning.length() >= chars
                && beginning.codePointCount(0, beginning.length()) == chars;
    }
}
