package dev.sluice;

import java.util.Locale;

/**
 * Lower case for texts that callers send, of any length. {@link String#toLowerCase(Locale)} alone takes time that grows
 * with the square of the length if a letter becomes longer, which is so for U+0130 alone; and it writes a capital sigma by
 * its neighbours, which may be cut off or replaced. Here both have one small letter each: no text gets longer, and every
 * letter has its form whatever stands around it.
 */
final class LowerCase {
    private static final char CAPITAL_I_WITH_DOT = '\u0130';
    private static final char CAPITAL_SIGMA = '\u03a3';
    private static final char SMALL_SIGMA = '\u03c3';

    private LowerCase() {}

    /** The text in lower case, as long as it is; work in proportion to its length. What is in lower case stays as it is. */
    static String of(String text) {
        return text.replace(CAPITAL_I_WITH_DOT, 'i')
                .replace(CAPITAL_SIGMA, SMALL_SIGMA)
                .toLowerCase(Locale.ROOT);
    }
}
