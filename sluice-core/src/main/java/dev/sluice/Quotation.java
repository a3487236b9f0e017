package dev.sluice;

import dev.sluice.Tokens.Kind;

/**
 * Finds quotations that are one value: of a few words, and neither a request, nor code, nor a key or value of JSON, where
 * every word is quoted and quoting says nothing.
 */
final class Quotation {
    private static final int WORDS = 3;

    /** Most pieces of a quotation that is a value. */
    private static final int PIECES = 12;

    private Quotation() {}

    static boolean isQuote(char c) {
        return c == '"' || c == '\'' || c == '`';
    }

    /**
     * Where the quotation begins that the quote on top ends: its opening quote.
     *
     * @return below 0 if it is none, or no value
     */
    static int closed(Tokens tokens) {
        int close = tokens.size() - 1;
        int open = open(tokens, close, tokens.first(close));
        return open < 0
                        || !isEnd(tokens.behind(close))
                        || isRequest(tokens, open)
                        || isJson(tokens, open)
                        || tokens.isBefore(Vocabulary.IS_NULL)
                ? -1
                : open;
    }

    /**
     * Where a quotation begins that the oldest {@code count} pieces leave open.
     *
     * @return below 0 if there is none that could become a value
     */
    static int left(Tokens tokens, int count) {
        int end = tokens.is(count - 1, Kind.SPACE) ? count - 1 : count;
        int open = Math.max(open(tokens, end, '\''), Math.max(open(tokens, end, '"'), open(tokens, end, '`')));
        return open >= 0 && isRequest(tokens, open) ? -1 : open;
    }

    private static int open(Tokens tokens, int end, char quote) {
        int words = 1;
        int at = end - 1;
        for (; at >= 0 && end - at <= PIECES && !tokens.isMark(at, quote); at--) {
            words += tokens.is(at, Kind.SPACE) ? 1 : 0;
            boolean call = tokens.isMark(at, '(') && tokens.is(at - 1, Kind.WORD);
            if (call || tokens.isMark(at, '=')) {
                return -1;
            }
        }
        boolean outside = tokens.is(at - 1, Kind.WORD) || tokens.is(at - 1, Kind.VALUE);
        boolean empty = at + 1 >= end || tokens.is(at + 1, Kind.SPACE) || tokens.is(end - 1, Kind.SPACE);
        return tokens.isMark(at, quote) && !outside && !empty && words <= WORDS ? at : -1;
    }

    private static boolean isEnd(char next) {
        return Chars.isSpace(next) || next == '.' || (next != '<' && Chars.isMark(next));
    }

    private static boolean isRequest(Tokens tokens, int open) {
        return tokens.isAny(open + 1, Vocabulary.REQUESTS) && tokens.is(open + 2, Kind.SPACE);
    }

    private static boolean isJson(Tokens tokens, int open) {
        if (!tokens.isMark(open, '"')) {
            return false;
        }
        int colon = tokens.is(open - 1, Kind.SPACE) ? open - 2 : open - 1;
        boolean key = tokens.behind(tokens.size() - 1) == ':';
        return key || (tokens.isMark(colon, ':') && tokens.isMark(colon - 1, '"'));
    }
}
