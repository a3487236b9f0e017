package dev.sluice;

/**
 * Classes of characters for the normal form. Fixed lists: the classes of {@link Character} change with the release of
 * Java, and a key must not.
 */
final class Chars {
    private static final char ESCAPE = 0x1b;
    private static final int ASCII = 0x80;

    private static final byte SPACE = 1;
    private static final byte DIGIT = 2;
    private static final byte HEX = 4;
    private static final byte LATIN = 8;
    private static final byte MARK = 16;
    private static final byte LIST = 32;
    private static final byte WORDLY = 64;

    private static final byte[] CLASSES = new byte[ASCII];

    static {
        add(" \u007f", SPACE);
        for (char control = 0; control < ' '; control++) {
            CLASSES[control] |= SPACE;
        }
        add("0123456789", DIGIT | HEX | WORDLY);
        add("abcdefghijklmnopqrstuvwxyz", LATIN | WORDLY);
        add("abcdef", HEX);
        add("_", WORDLY);
        add("()[]{}<>\"`,;=|:!?", MARK);
        add(",:;./+-|&", LIST);
    }

    private Chars() {}

    private static void add(String characters, int classes) {
        characters.chars().forEach(each -> CLASSES[each] |= (byte) classes);
    }

    private static boolean is(char c, byte which) {
        return c < ASCII && (CLASSES[c] & which) != 0;
    }

    static boolean isDigit(char c) {
        return is(c, DIGIT);
    }

    static boolean isHex(char c) {
        return is(c, HEX);
    }

    static boolean isLatin(char c) {
        return is(c, LATIN);
    }

    /** What a word is made of: letters of any script, digits, {@code _}. */
    static boolean isWordly(char c) {
        return c < ASCII ? (CLASSES[c] & WORDLY) != 0 : !isSpace(c);
    }

    /** White space, and control characters. */
    static boolean isSpace(char c) {
        return c < ASCII ? (CLASSES[c] & SPACE) != 0 : c <= 0xa0 || isWideSpace(c);
    }

    private static boolean isWideSpace(char c) {
        return (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
    }

    static boolean isEscape(char c) {
        return c == ESCAPE;
    }

    /** What separates words without white space. */
    static boolean isMark(char c) {
        return is(c, MARK);
    }

    /** What may stand between the members of a list, and inside of dates, times and addresses. */
    static boolean isListMark(char c) {
        return is(c, LIST);
    }
}
