package dev.sluice;

import dev.sluice.Tokens.Kind;

/**
 * Cuts a text in lower case into words, values, marks and white space, from left to right, each by what it looks like
 * and by what touches it. What is looked ahead is bounded, so that the work grows with the length of the text and no
 * faster.
 */
final class Lexer {
    /** Longest network address by groups of hexadecimal digits, and how long its groups are. */
    private static final int ADDRESS = 64;

    private static final int GROUP = 4;

    private static final int MASK = 3;

    private final CharSequence text;
    private final int length;
    private final Reduction out;

    Lexer(CharSequence text, Reduction out) {
        this.text = text;
        this.length = text.length();
        this.out = out;
    }

    void run() {
        int at = 0;
        while (at < length) {
            at = next(at);
        }
    }

    /** Reads one piece, and says where the next one begins. */
    private int next(int at) {
        char c = text.charAt(at);
        if (Chars.isSpace(c)) {
            return space(at);
        }
        if (c == '<' && startsWith(Tokens.SIGN, at)) {
            return push(Kind.VALUE, at, at + Tokens.SIGN.length());
        }
        int end = valueFrom(at, c);
        if (end > at) {
            return push(Kind.VALUE, at, end);
        }
        if (c == '\'' || isBetween(at)) {
            return push(Kind.MARK, at, c == '.' ? runOf('.', at) : at + 1);
        }
        return run(at);
    }

    /** The end of a value that is known by how it begins; {@code at} if none begins here. */
    private int valueFrom(int at, char c) {
        if (c == '<' && isDigit(at + 1)) {
            int end = runEnd(at + 1);
            return is(end, '>') ? at : end;
        }
        if (out.endsInWord()) {
            return at;
        }
        int address = addressEnd(at, c);
        return address > at ? address : isPath(at, c) ? pathEnd(at) : at;
    }

    private int space(int at) {
        int end = at;
        while (end < length && Chars.isSpace(text.charAt(end))) {
            boolean colours = Chars.isEscape(text.charAt(end)) && is(end + 1, '[');
            end = colours ? afterColours(end + 2) : end + 1;
        }
        return push(Kind.SPACE, at, end);
    }

    /** Behind the parameters and the letter of a terminal's control sequence. */
    private int afterColours(int at) {
        int end = at;
        while (end < length && (Chars.isDigit(text.charAt(end)) || text.charAt(end) == ';')) {
            end++;
        }
        return end < length && Chars.isLatin(text.charAt(end)) ? end + 1 : end;
    }

    /** A word, or what looks like one. */
    private int run(int at) {
        int end = Math.max(runEnd(at), at + 1);
        if (!hasWordly(at, end)) {
            return push(isMask(at, end) ? Kind.VALUE : Kind.MARK, at, end);
        }
        if (is(end, ':') && is(end + 1, '/') && is(end + 2, '/') && !out.endsInWord()) {
            return push(Kind.VALUE, at, pathEnd(at));
        }
        int value = Shape.valueIn(text, at, end);
        if (value > at) {
            push(Kind.WORD, at, value);
        }
        return value < end ? push(Kind.VALUE, value, end) : end;
    }

    private int runEnd(int at) {
        int end = at;
        while (end < length && !Chars.isSpace(text.charAt(end)) && !isBetween(end)) {
            end++;
        }
        return end;
    }

    /** What stands in for a value that must not be seen. */
    private boolean isMask(int from, int to) {
        int stars = from;
        while (stars < to && text.charAt(stars) == '*') {
            stars++;
        }
        return stars == to && to - from >= MASK;
    }

    private boolean hasWordly(int from, int to) {
        for (int i = from; i < to; i++) {
            if (Chars.isWordly(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Marks, full stops at an end, and single quotes that are no apostrophes. */
    private boolean isBetween(int at) {
        char c = text.charAt(at);
        if (c == '.') {
            return at + 1 >= length || endsWord(text.charAt(at + 1));
        }
        if (c == '\'') {
            return at == 0 || !isWordly(at - 1) || !isWordly(at + 1);
        }
        return Chars.isMark(c);
    }

    private static boolean endsWord(char c) {
        return c == '.' || c == '\'' || Chars.isSpace(c) || Chars.isMark(c);
    }

    /** Groups of hexadecimal digits with colons between: hardware addresses, and those of the sixth protocol version. */
    private int addressEnd(int at, char first) {
        if (!Chars.isHex(first) && first != ':') {
            return at;
        }
        int end = at;
        int group = 0;
        int colons = 0;
        boolean digit = false;
        for (; end < length && (Chars.isHex(text.charAt(end)) || text.charAt(end) == ':'); end++) {
            boolean colon = text.charAt(end) == ':';
            colons += colon ? 1 : 0;
            group = colon ? 0 : group + 1;
            digit |= Chars.isDigit(text.charAt(end));
            if (group > GROUP || end - at > ADDRESS) {
                return at;
            }
        }
        boolean whole =
                end == length || Chars.isSpace(text.charAt(end)) || isBetween(end) || is(end, '/') || is(end, '%');
        return whole && digit && colons > 1 && !is(end - 1, ':') ? end : at;
    }

    private boolean isPath(int at, char c) {
        return switch (c) {
            case '/' -> isWordly(at + 1) || is(at + 1, '.') || is(at + 1, '~');
            case '~' -> is(at + 1, '/');
            case '.' -> is(at + 1, '/') || (is(at + 1, '.') && is(at + 2, '/'));
            case '\\' -> is(at + 1, '\\') && isWordly(at + 2);
            default -> Chars.isLatin(c) && isDrive(at);
        };
    }

    private boolean isDrive(int at) {
        return is(at + 1, ':') && (is(at + 2, '\\') || (is(at + 2, '/') && !is(at + 3, '/')));
    }

    /** A path ends at white space, quotes, lists, and a bracket that it did not open; marks at its end are not its own. */
    private int pathEnd(int at) {
        int end = at;
        int open = 0;
        for (; end < length && !Chars.isSpace(text.charAt(end)); end++) {
            char c = text.charAt(end);
            if (c == '(' || c == '[' || c == '{') {
                open++;
            } else if (c == ')' || c == ']' || c == '}') {
                open--;
            }
            if (open < 0 || "\"'`<>|".indexOf(c) >= 0 || (open == 0 && (c == ',' || c == ';'))) {
                break;
            }
        }
        while (end > at + 1 && ".:!?".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return end;
    }

    private int push(Kind kind, int at, int end) {
        out.push(kind, at, end);
        return end;
    }

    private int runOf(char c, int at) {
        int end = at;
        while (is(end, c)) {
            end++;
        }
        return end;
    }

    private boolean is(int at, char c) {
        return at < length && text.charAt(at) == c;
    }

    private boolean isDigit(int at) {
        return at < length && Chars.isDigit(text.charAt(at));
    }

    private boolean isWordly(int at) {
        return at < length && Chars.isWordly(text.charAt(at));
    }

    private boolean startsWith(String what, int at) {
        for (int i = 0; i < what.length(); i++) {
            if (!is(at + i, what.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
