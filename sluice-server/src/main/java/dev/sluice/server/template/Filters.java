package dev.sluice.server.template;

import com.samskivert.mustache.Mustache;
import dev.sluice.server.text.SafeText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Sections that change what they hold. */
final class Filters {
    private static final String LIMIT = "limit";
    private static final Pattern LIMITED = Pattern.compile("limit\\.[1-9]\\d{0,6}");
    private static final String SLACK = "slack";
    private static final String DISCORD = "discord";
    static final String ENCODED = "encoded";

    /** What is markup to Discord, and so gets a backslash. */
    private static final Pattern DISCORD_MARKUP = Pattern.compile("[\\\\*_~`|<>\\[\\]#@]");

    /** The length of the longest escape that Slack needs. */
    private static final int LONGEST_ESCAPE = 5;

    private static final String ELLIPSIS = "…";

    static final Map<String, Object> ALL = Map.of(
            LIMIT,
            (Mustache.CustomContext) most ->
                    (Mustache.Lambda) (section, out) -> out.write(cut(section.execute(), Integer.parseInt(most))),
            SLACK,
            (Mustache.Lambda) (section, out) -> out.write(slack(section.execute())),
            DISCORD,
            (Mustache.Lambda) (section, out) -> out.write(discord(section.execute())),
            ENCODED,
            (Mustache.Lambda) (section, out) -> out.write(encoded(section.execute())));

    /** Where what a section holds is escaped as HTML already. */
    static final Map<String, Object> IN_HTML = inHtml();

    static final String KNOWN = "limit.NUMBER, encoded, slack and discord";

    private Filters() {}

    private static Map<String, Object> inHtml() {
        Map<String, Object> all = new HashMap<>(ALL);
        all.put(ENCODED, (Mustache.Lambda) (section, out) -> out.write(encoded(SafeText.ofHtml(section.execute()))));
        all.put(LIMIT, (Mustache.CustomContext) most -> (Mustache.Lambda) (section, out) ->
                out.write(SafeText.html(cut(SafeText.ofHtml(section.execute()), Integer.parseInt(most)))));
        return Map.copyOf(all);
    }

    static boolean isKnown(String name) {
        return name.equals(ENCODED)
                || name.equals(SLACK)
                || name.equals(DISCORD)
                || LIMITED.matcher(name).matches();
    }

    /**
     * At most {@code most} UTF-16 code units, an ellipsis included where something is missing. No pair of surrogates and
     * no escape is cut in two.
     */
    static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = most - ELLIPSIS.length();
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return whole(text.substring(0, end)) + ELLIPSIS;
    }

    private static String whole(String cut) {
        int end = cut.length();
        int from = end;
        while (from > 0 && cut.charAt(from - 1) == '\\') {
            from--;
        }
        if ((end - from) % 2 == 1) {
            return cut.substring(0, end - 1);
        }
        int entity = cut.lastIndexOf('&');
        boolean half = entity >= 0 && end - entity < LONGEST_ESCAPE && cut.indexOf(';', entity) < 0;
        return half ? cut.substring(0, entity) : cut;
    }

    /** Slack reads nothing but these as markup that acts: links, mentions of people, groups and whole channels. */
    static String slack(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** As a part of an address: in its path, or a value of its query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String discord(String text) {
        return DISCORD_MARKUP.matcher(text).replaceAll("\\\\$0");
    }
}
