package dev.sluice;

import dev.sluice.Tokens.Kind;

/**
 * The form of a message in which the parts that vary from one occurrence to the next are all written {@code <*>}:
 * numbers, times, ids, addresses, paths, names in quotes and so on. In lower case, with single blanks.
 *
 * <p>Stateless and deterministic: the same text has the same form in every process. A normal form is its own normal
 * form, unless phrases overlap as they do in no sentence ({@code password for password for}). The work is proportional to
 * the length of the text, whatever is in it.
 */
final class NormalForm {
    /** Into how many steps the words before a cut are divided. */
    private static final int STEPS = 5;

    /** With fewer, words do not count in steps. */
    private static final int FEWEST_STEPS = 2;

    private NormalForm() {}

    /** The normal form of a whole text. */
    static String of(String text) {
        Tokens tokens = read(text, false);
        return tokens.write(tokens.size()).toString();
    }

    /**
     * The normal form of the beginning of a text. The rest is a value, too: so a text that the cut shortens by nothing
     * but its last value has the form that it has as a whole.
     *
     * <p>What the cut went through cannot be told from an id, and belongs to the rest. If there are values, the cut falls
     * on another place wherever one of them is longer or shorter; so then words count in whole steps only, unless there
     * are but few.
     *
     * @param text its first {@code chars} characters
     * @param chars how many those are, more than 0
     */
    static String ofBeginning(String text, int chars) {
        Tokens tokens = read(text, true);
        int words = throughLastWord(tokens, withoutPartial(tokens));
        int count = throughLastWord(tokens, wholeSteps(tokens, words, Math.max(1, chars / STEPS)));
        if (count == 0) {
            return Tokens.SIGN;
        }
        int end = count;
        while (tokens.is(end, Kind.SPACE) || tokens.isMark(end, '=') || tokens.isMark(end, ':')) {
            end++;
        }
        return tokens.write(end) + (end == count || tokens.is(end - 1, Kind.SPACE) ? " " : "") + Tokens.SIGN;
    }

    /** How many pieces there are without what the cut went through. */
    private static int withoutPartial(Tokens tokens) {
        int whole = tokens.size();
        while (tokens.isMark(whole - 1, ':') || tokens.isMark(whole - 1, '/')) {
            whole--;
        }
        while (tokens.is(whole - 1, Kind.WORD) || tokens.is(whole - 1, Kind.VALUE)) {
            whole--;
        }
        int quotation = Quotation.left(tokens, whole);
        return quotation < 0 ? whole : quotation;
    }

    private static int wholeSteps(Tokens tokens, int count, int step) {
        int words = 0;
        boolean values = false;
        for (int at = 0; at < count; at++) {
            values |= tokens.is(at, Kind.VALUE);
            words += wordLength(tokens, at);
        }
        if (!values || words < FEWEST_STEPS * step) {
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

    /** How many of the oldest {@code count} pieces there are up to the last word. */
    private static int throughLastWord(Tokens tokens, int count) {
        int words = count;
        while (words > 0 && !tokens.is(words - 1, Kind.WORD)) {
            words--;
        }
        return words;
    }

    private static Tokens read(String text, boolean cut) {
        String lower = LowerCase.of(text);
        Tokens tokens = new Tokens(lower);
        Reduction reduction = new Reduction(tokens);
        new Lexer(lower, reduction).run();
        if (!cut) {
            reduction.end();
        }
        return tokens;
    }
}
