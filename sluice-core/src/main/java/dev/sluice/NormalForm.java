package dev.sluice;

import dev.sluice.Tokens.Kind;
import java.util.Locale;

/**
 * The form of a message in which the parts that vary from one occurrence to the next are all written {@code <*>}:
 * numbers, times, ids, addresses, paths, names in quotes and so on. In lower case, with single blanks.
 *
 * <p>Stateless and deterministic: the same text has the same form in every process. A normal form is its own normal
 * form. The work is proportional to the length of the text, whatever is in it.
 */
final class NormalForm {
    /** Into how many steps the words before a cut are divided. */
    private static final int STEPS = 5;

    private static final String CUT = "...";

    private NormalForm() {}

    /** The normal form of a whole text. */
    static String of(String text) {
        Tokens tokens = read(text, false);
        return tokens.write(tokens.size()).toString();
    }

    /**
     * The normal form of the beginning of a text.
     *
     * <p>What the cut went through cannot be told from an id, and is left out. If there are values, the cut falls on
     * another place wherever one of them is longer or shorter; so then words count in whole steps only, a fifth of {@code chars}
     * each, unless there are but few.
     *
     * @param text its first {@code chars} characters
     * @param chars how many those are, more than 0
     */
    static String ofBeginning(String text, int chars) {
        Tokens tokens = read(text, true);
        int whole = tokens.size();
        while (tokens.is(whole - 1, Kind.MARK)) {
            whole--;
        }
        while (tokens.is(whole - 1, Kind.WORD) || tokens.is(whole - 1, Kind.VALUE)) {
            whole--;
        }
        int quotation = Quotation.left(tokens, whole);
        whole = quotation < 0 ? whole : quotation;
        int count = withoutEnd(tokens, wholeSteps(tokens, withoutEnd(tokens, whole), Math.max(1, chars / STEPS)));
        return count == 0 ? Tokens.SIGN : tokens.write(count).append(CUT).toString();
    }

    private static int wholeSteps(Tokens tokens, int count, int step) {
        int words = 0;
        boolean values = false;
        for (int at = 0; at < count; at++) {
            values |= tokens.is(at, Kind.VALUE);
            words += wordLength(tokens, at);
        }
        if (!values || words < 2 * step) {
            return count;
        }
        int rest = words / step * step;
        for (int at = 0; at < count; at++) {
            rest -= wordLength(tokens, at);
            if (rest < 0) {
                return at;
            }
        }
        return count;
    }

    private static int wordLength(Tokens tokens, int at) {
        return tokens.is(at, Kind.VALUE) ? 0 : tokens.length(at);
    }

    /** Without the values and marks that the oldest {@code count} pieces end with. */
    private static int withoutEnd(Tokens tokens, int count) {
        int words = count;
        while (words > 0 && !tokens.is(words - 1, Kind.WORD)) {
            words--;
        }
        return words;
    }

    private static Tokens read(String text, boolean cut) {
        String lower = text.toLowerCase(Locale.ROOT);
        Tokens tokens = new Tokens(lower);
        Reduction reduction = new Reduction(tokens);
        new Lexer(lower, reduction).run();
        if (!cut) {
            reduction.end();
        }
        return tokens;
    }
}
