package dev.sluice.server.text;

import java.util.Locale;

/** Makes text from outside harmless for where it is shown. Lengths are in code points; no pair is ever cut in two. */
public final class SafeText {
    private static final String ELLIPSIS = "…";
    private static final int REPLACEMENT = 0xFFFD;

    private SafeText() {}

    /** One line: whatever breaks or hides a line becomes a space, runs of which become one. */
    public static String line(String raw, int most) {
        StringBuilder line = new StringBuilder();
        int length = 0;
        boolean gap = false;
        for (int at = 0; at < raw.length(); at += Character.charCount(raw.codePointAt(at))) {
            int point = visible(raw.codePointAt(at));
            if (breaks(point)) {
                gap = length > 0;
            } else if (!misleads(point)) {
                length += gap ? 2 : 1;
                if (length > most) {
                    return line.append(ELLIPSIS).toString();
                }
                line.append(gap ? " " : "").appendCodePoint(point);
                gap = false;
            }
        }
        return line.toString();
    }

    /** Several lines, ended by a line feed each; tabs stay, other control characters become U+FFFD. */
    public static String block(String raw, int most) {
        StringBuilder block = new StringBuilder();
        String lines = raw.replace("\r\n", "\n").replace('\r', '\n');
        int end = lines.codePointCount(0, lines.length()) > most ? lines.offsetByCodePoints(0, most) : lines.length();
        lines.substring(0, end).codePoints().map(SafeText::visible).forEach(point -> {
            if (!misleads(point)) {
                boolean hidden = Character.isISOControl(point) && point != '\n' && point != '\t';
                block.appendCodePoint(hidden ? REPLACEMENT : point);
            }
        });
        if (end < lines.length()) {
            block.append("\n[cut here; ").append(lines.length()).append(" characters in all]");
        }
        return block.toString();
    }

    /** One line on which control characters are written out, such as {@code \n}; for logs and terminals. */
    public static String escaped(String raw, int most) {
        StringBuilder line = new StringBuilder();
        int length = 0;
        for (int at = 0; at < raw.length(); at += Character.charCount(raw.codePointAt(at))) {
            if (++length > most) {
                return line.append(ELLIPSIS).toString();
            }
            int point = visible(raw.codePointAt(at));
            if (point == '\n') {
                line.append("\\n");
            } else if (point == '\t') {
                line.append("\\t");
            } else if (misleads(point) || (breaks(point) && point != ' ')) {
                line.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                line.appendCodePoint(point);
            }
        }
        return line.toString();
    }

    /** Text inside an HTML element or a quoted attribute. */
    public static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The text that {@link #html} made {@code html} of. */
    public static String ofHtml(String html) {
        return html.replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&gt;", ">")
                .replace("&lt;", "<")
                .replace("&amp;", "&");
    }

    private static int visible(int point) {
        boolean loneSurrogate = Character.getType(point) == Character.SURROGATE;
        return loneSurrogate ? REPLACEMENT : point;
    }

    private static boolean breaks(int point) {
        return Character.isISOControl(point) || Character.isWhitespace(point) || Character.isSpaceChar(point);
    }

    /**
     * Whether nothing is to be seen of it but what it does to others: it turns the reading direction, or hides between
     * letters, so that a text looks like another. Joiners are not among these, because scripts and emoji need them.
     */
    public static boolean misleads(int point) {
        return turns(point) || hides(point);
    }

    private static boolean turns(int point) {
        return (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2066 && point <= 0x206F)
                || point == 0x200E
                || point == 0x200F
                || point == 0x061C;
    }

    private static boolean hides(int point) {
        return point == 0x200B
                || point == 0x00AD
                || point == 0x180E
                || point == 0xFEFF
                || (point >= 0x2060 && point <= 0x2065)
                || (point >= 0xFFF9 && point <= 0xFFFB)
                || (point >= 0xE0000 && point <= 0xE007F);
    }
}
