package dev.sluice;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Joins parts to one line that can be read, and from which the parts could be had back: {@code /} stands between parts;
 * inside them {@code /} is {@code \/}, {@code \} is {@code \\}, and what cannot be seen is {@code \n}, {@code \r},
 * {@code \t} or {@code \}{@code uXXXX}.
 */
final class SubjectText {
    /** A subject must not be empty. */
    private static final String EMPTY = "\\e";

    private static final HexFormat HEX = HexFormat.of();

    private SubjectText() {}

    static String join(List<String> parts) {
        String joined = parts.stream().map(SubjectText::escape).collect(Collectors.joining("/"));
        // A leading tilde belongs to subjects that the engine makes up.
        return joined.isEmpty() ? EMPTY : joined.startsWith("~") ? "\\" + joined : joined;
    }

    private static String escape(String part) {
        StringBuilder text = new StringBuilder(part.length() + 8);
        part.codePoints().forEach(point -> append(text, point));
        return text.toString();
    }

    private static void append(StringBuilder text, int point) {
        switch (point) {
            case '/' -> text.append("\\/");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                if (isInvisible(point)) {
                    text.append("\\u").append(HEX.toHexDigits((char) point));
                } else {
                    text.appendCodePoint(point);
                }
            }
        }
    }

    /**
     * Control characters, halves of a surrogate pair, and what reorders or hides text. A fixed list: the classes of
     * {@link Character} change with the release of Java, and a key must not.
     */
    private static boolean isInvisible(int point) {
        return point < 0x20
                || (point >= 0x7f && point <= 0x9f)
                || (point >= 0x200b && point <= 0x200f)
                || (point >= 0x2028 && point <= 0x202e)
                || (point >= 0x2060 && point <= 0x206f)
                || (point >= 0xd800 && point <= 0xdfff)
                || point == 0x061c
                || point == 0xfeff;
    }
}
