package dev.sluice;

import java.util.Arrays;

/** The pieces of a text so far, the newest on top. A piece is a range of the text; values are written as one sign. */
final class Tokens {
    /** What a piece is. */
    enum Kind {
        /** Letters, and what may stand between them. */
        WORD,
        /** Something that another message of the same kind would have differently. */
        VALUE,
        /** Punctuation. */
        MARK,
        /** White space of any length. */
        SPACE
    }

    /** How every value is written. */
    static final String SIGN = "<*>";

    private static final int FIRST_SIZE = 64;

    private final CharSequence text;
    private Kind[] kinds = new Kind[FIRST_SIZE];
    private int[] starts = new int[FIRST_SIZE];
    private int[] ends = new int[FIRST_SIZE];
    private int size;

    Tokens(CharSequence text) {
        this.text = text;
    }

    int size() {
        return size;
    }

    void push(Kind kind, int start, int end) {
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, size * 2);
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
        }
        kinds[size] = kind;
        starts[size] = start;
        ends[size++] = end;
    }

    /** Forgets all but the oldest {@code count}. */
    void keep(int count) {
        size = count;
    }

    void becomesValue(int at) {
        kinds[at] = Kind.VALUE;
    }

    /** Makes one value of the pieces from {@code from} to the one on top. */
    void unite(int from) {
        kinds[from] = Kind.VALUE;
        ends[from] = ends[size - 1];
        size = from + 1;
    }

    /** Where the piece ends in the text. */
    int end(int at) {
        return ends[at];
    }

    /** The first character of the piece. */
    char first(int at) {
        return text.charAt(starts[at]);
    }

    /** The character behind the piece; a blank at the end of the text. */
    char behind(int at) {
        return ends[at] < text.length() ? text.charAt(ends[at]) : ' ';
    }

    /** Whether {@code words} come behind the piece on top and white space. */
    boolean isBefore(String words) {
        int at = ends[size - 1];
        while (at < text.length() && Chars.isSpace(text.charAt(at))) {
            at++;
        }
        int same = 0;
        while (same < words.length() && at + same < text.length() && text.charAt(at + same) == words.charAt(same)) {
            same++;
        }
        return same == words.length();
    }

    /** Whether there is a piece of this kind at {@code at}; none is below 0 or above the top. */
    boolean is(int at, Kind kind) {
        return at >= 0 && at < size && kinds[at] == kind;
    }

    boolean isMark(int at, char mark) {
        return is(at, Kind.MARK) && starts[at] + 1 == ends[at] && text.charAt(starts[at]) == mark;
    }

    /** How many characters the piece takes in the normal form. */
    int length(int at) {
        return switch (kinds[at]) {
            case VALUE -> SIGN.length();
            case SPACE -> 1;
            case WORD, MARK -> ends[at] - starts[at];
        };
    }

    /** Whether the piece is made of marks that stand in lists. */
    boolean isListMark(int at) {
        for (int i = starts[at]; i < ends[at]; i++) {
            if (!Chars.isListMark(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the piece is a word with a dot inside, and not the name of a file of source text. */
    boolean isDotted(int at) {
        int dot = -1;
        for (int i = is(at, Kind.WORD) ? starts[at] + 1 : Integer.MAX_VALUE; at >= 0 && i < ends[at] - 1; i++) {
            dot = text.charAt(i) == '.' ? i : dot;
        }
        return dot >= 0 && !Vocabulary.SOURCE_FILES.contains(text, dot + 1, ends[at]);
    }

    boolean isAny(int at, Words words) {
        return is(at, Kind.WORD) && words.contains(text, starts[at], ends[at]);
    }

    /** The normal form of the oldest {@code count} pieces, without white space around. */
    StringBuilder write(int count) {
        StringBuilder written = new StringBuilder(text.length());
        int end = is(count - 1, Kind.SPACE) ? count - 1 : count;
        for (int at = count > 0 && kinds[0] == Kind.SPACE ? 1 : 0; at < end; at++) {
            switch (kinds[at]) {
                case VALUE -> written.append(SIGN);
                case SPACE -> written.append(' ');
                case WORD, MARK -> written.append(text, starts[at], ends[at]);
            }
        }
        return written;
    }
}
