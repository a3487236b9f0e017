package dev.sluice;

/** Tells from a run of characters in lower case, and from what comes right behind it, whether it is a value. */
final class Shape {
    /** Shortest run of hexadecimal letters without any digit that is no word. */
    private static final int HEX = 8;

    /** Fewest labels of a name whose domain alone does not tell that it is one. */
    private static final int LABELS = 3;

    private Shape() {}

    /**
     * Where the value in {@code text} begins between {@code start} and {@code end}: at {@code start} for all of it, at
     * {@code end} for a word.
     */
    static int valueIn(CharSequence text, int start, int end) {
        int at = lastAt(text, start, end);
        if (at > start && at + 1 < end) {
            return isObject(text, start, at, end) ? at + 1 : start;
        }
        return isValue(text, start, end) ? start : end;
    }

    private static int lastAt(CharSequence text, int start, int end) {
        int at = end - 1;
        while (at >= start && text.charAt(at) != '@') {
            at--;
        }
        return at;
    }

    /** {@code name@1b2c3d}: a word, then a hash. */
    private static boolean isObject(CharSequence text, int start, int at, int end) {
        for (int i = at + 1; i < end; i++) {
            if (!Chars.isHex(text.charAt(i))) {
                return false;
            }
        }
        return lastAt(text, start + 1, at) <= start && !isValue(text, start, at);
    }

    private static boolean isValue(CharSequence text, int start, int end) {
        boolean digit = false;
        boolean hex = true;
        int slashes = 0;
        int dots = 0;
        for (int i = start; i < end; i++) {
            char each = text.charAt(i);
            digit |= Chars.isDigit(each);
            hex &= Chars.isHex(each);
            if (each == '/' || each == '\\') {
                slashes++;
            } else if (each == '.') {
                dots++;
            }
        }
        return digit
                ? !Vocabulary.WITH_DIGIT.contains(text, start, end)
                : (hex && end - start >= HEX)
                        || slashes > 1
                        || (dots > 0 && text.charAt(end - 1) != '@' && isDotted(text, start, end))
                        || Vocabulary.HOSTS.contains(text, start, end);
    }

    /**
     * Names of hosts, of data files, and of components such as {@code com.example.orders}; but not of faults, as which a
     * component counts that is all the text.
     */
    private static boolean isDotted(CharSequence text, int start, int end) {
        int labels = 1;
        int first = end;
        int last = start;
        for (int i = start; i < end; i++) {
            if (text.charAt(i) == '.') {
                labels++;
                first = Math.min(first, i);
                last = i + 1;
            }
        }
        if (first == start || last == end) {
            return false;
        }
        if (isCode(text, start, first, end) || (labels < LABELS && Vocabulary.MEMBERS.contains(text, last, end))) {
            return false;
        }
        return Vocabulary.TOP_DOMAINS.contains(text, last, end)
                || Vocabulary.DATA_FILES.contains(text, last, end)
                || (labels >= LABELS && Vocabulary.COUNTRIES.contains(text, last, end))
                || (labels >= LABELS
                        && Vocabulary.TURNED_DOMAINS.contains(text, start, first)
                        && !(start == 0 && end == text.length())
                        && !isFault(text.subSequence(last, end).toString()));
    }

    /** {@code this.key}, {@code request.info(}: a place in the program. */
    private static boolean isCode(CharSequence text, int start, int first, int end) {
        return Vocabulary.SELF.contains(text, start, first) || isAt(text, end, '(');
    }

    private static boolean isAt(CharSequence text, int at, char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private static boolean isFault(String name) {
        return name.contains("exception") || Vocabulary.FAULTS.stream().anyMatch(name::endsWith);
    }
}
