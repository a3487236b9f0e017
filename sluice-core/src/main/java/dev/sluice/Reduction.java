package dev.sluice;

import dev.sluice.Tokens.Kind;

/**
 * Takes pieces from left to right, and turns words into values, and several values into one, by what stands before
 * them. Every rule looks at a few pieces on top, when the last of them arrives; what a rule makes arrives anew. So no
 * rule is left to apply at the end, and the work is proportional to the number of pieces.
 */
final class Reduction {
    private final Tokens tokens;

    Reduction(Tokens tokens) {
        this.tokens = tokens;
    }

    void push(Kind kind, int start, int end) {
        tokens.push(kind, start, end);
        switch (kind) {
            case WORD -> word();
            case VALUE -> value();
            case MARK -> mark();
            case SPACE -> {}
        }
    }

    /** Whether what comes next touches a word or value. */
    boolean endsInWord() {
        int top = tokens.size() - 1;
        return tokens.is(top, Kind.WORD) || tokens.is(top, Kind.VALUE);
    }

    /** To be called once the text is over, unless it was cut. */
    void end() {
        int top = tokens.size() - 1;
        nameAt(tokens.is(top, Kind.SPACE) ? top - 1 : top);
    }

    private void word() {
        int top = tokens.size() - 1;
        int before = before(top);
        if (tokens.isMark(before, '=')) {
            if (isState(top) || tokens.isAny(before(before), Vocabulary.RANDOM)) {
                becomesValue(top);
            }
        } else if (before == top - 2 && tokens.is(before, Kind.VALUE)) {
            if (belongsToNumber(top)) {
                tokens.keep(top - 1);
            }
        } else if (isNameAt(before) && tokens.isAny(top, Vocabulary.FUNCTION_WORDS)) {
            tokens.becomesValue(before);
        }
    }

    private boolean isState(int at) {
        return tokens.isAny(at, Vocabulary.STATES);
    }

    private boolean belongsToNumber(int at) {
        return tokens.isAny(at, Vocabulary.AFTER_NUMBERS)
                || (tokens.isAny(at, Vocabulary.MONTHS) && !tokens.isAny(at, Vocabulary.DOUBTFUL_MONTHS));
    }

    /** Takes a name there as a value; called when what follows shows that the phrase is over. */
    private void nameAt(int at) {
        if (isNameAt(at)) {
            tokens.becomesValue(at);
        }
    }

    /** Whether a name stands there: {@code for user NAME}, {@code password for NAME}. */
    private boolean isNameAt(int at) {
        int noun = before(at);
        return tokens.is(at, Kind.WORD)
                && (isNamed(noun) || isOwned(noun))
                && !tokens.isAny(at, Vocabulary.FUNCTION_WORDS);
    }

    private boolean isNamed(int noun) {
        return tokens.isAny(noun, Vocabulary.NAMED) && tokens.isAny(before(noun), Vocabulary.BEFORE_NAMED);
    }

    private boolean isOwned(int preposition) {
        int noun = before(preposition);
        return tokens.isAny(preposition, Vocabulary.FOR)
                && (tokens.isAny(noun, Vocabulary.OWNED)
                        || (tokens.isAny(noun, Vocabulary.FAILURES)
                                && tokens.isAny(before(noun), Vocabulary.AUTHENTICATION)));
    }

    /** Where the piece before {@code at} is, white space left out. */
    private int before(int at) {
        return tokens.is(at - 1, Kind.SPACE) ? at - 2 : at - 1;
    }

    private void becomesValue(int at) {
        tokens.becomesValue(at);
        value();
    }

    private void value() {
        int top = tokens.size() - 1;
        nameAt(before(top));
        boolean anew = true;
        while (anew) {
            if (joinsList()) {
                // All that could be done about the value below was done when it came: to look at what stands before it
                // again, for each value that joins it, takes time with the square of the length.
                return;
            }
            anew = joinsHost() || joinsDate();
        }
        nameBeforeFrom();
    }

    /** The port of a host: {@code example.org:80}, {@code [::1]:80}; but not the line of a {@code Source.java:80}. */
    private boolean joinsHost() {
        int colon = tokens.size() - 2;
        if (!tokens.isMark(colon, ':')) {
            return false;
        }
        int host = isBracketed(colon - 1) ? colon - 3 : colon - 1;
        if (host == colon - 1 && !tokens.isDotted(host)) {
            return false;
        }
        tokens.keep(colon);
        tokens.unite(host);
        return true;
    }

    private boolean isBracketed(int close) {
        return tokens.isMark(close, ']')
                && tokens.is(close - 1, Kind.VALUE)
                && tokens.isMark(close - 2, '[')
                && (tokens.is(close - 3, Kind.SPACE) || close == 2);
    }

    /** A value, and before it a value, with nothing but a list's marks between. */
    private boolean joinsList() {
        int top = tokens.size() - 1;
        int before = top - 1;
        while (tokens.is(before, Kind.SPACE) || (tokens.is(before, Kind.MARK) && tokens.isListMark(before))) {
            before--;
        }
        if (!tokens.is(before, Kind.VALUE)) {
            return false;
        }
        tokens.keep(before + 1);
        return true;
    }

    /** A value, and before it the name of a day or month. */
    private boolean joinsDate() {
        int top = tokens.size() - 1;
        int before = before(top);
        if (tokens.isMark(before, ',') || tokens.isMark(before, '.')) {
            before--;
        }
        if (before == top - 1 || (!tokens.isAny(before, Vocabulary.MONTHS) && !tokens.isAny(before, Vocabulary.DAYS))) {
            return false;
        }
        tokens.keep(before + 1);
        tokens.becomesValue(before);
        return true;
    }

    /** {@code for NAME from VALUE}. */
    private void nameBeforeFrom() {
        int from = before(tokens.size() - 1);
        int name = before(from);
        if (tokens.is(name, Kind.WORD)
                && tokens.isAny(from, Vocabulary.FROM)
                && tokens.isAny(before(name), Vocabulary.FOR)
                && !tokens.isAny(name, Vocabulary.FUNCTION_WORDS)) {
            tokens.becomesValue(name);
        }
    }

    private void mark() {
        int top = tokens.size() - 1;
        nameAt(before(top));
        if (Quotation.isQuote(tokens.first(top))) {
            quotation(top);
        }
        if (!tokens.isMark(top, ')') && !tokens.isMark(top, ']')) {
            return;
        }
        boolean nothingInside =
                tokens.isMark(top, ')') && tokens.isMark(top - 1, '(') && !tokens.is(top - 2, Kind.WORD);
        int open = nothingInside ? top - 1 : top - 2;
        boolean bracketed = nothingInside
                || (tokens.is(top - 1, Kind.VALUE) && (tokens.isMark(open, '(') || tokens.isMark(open, '[')));
        int before = before(open);
        if (bracketed && tokens.is(before, Kind.VALUE)) {
            // The same value in other words: 1190 bytes (1.16 KB), 10.0.0.1 (host).
            tokens.keep(before + 1);
        }
    }

    private void quotation(int close) {
        int open = Quotation.closed(tokens);
        if (open >= 0) {
            int end = tokens.end(close);
            tokens.keep(close);
            tokens.unite(open + 1);
            tokens.push(Kind.MARK, end - 1, end);
        }
    }
}
