package dev.sluice.server.mail;

import dev.sluice.server.config.MailConfig;
import dev.sluice.server.config.Secret;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts into the HTML of a mail what says that it was opened, and where somebody clicked.
 *
 * @param server how others reach this server, without a slash at its end
 * @param track what is to be known
 * @param trace which mail it is
 * @param secret signs
 * @param untouched an address that is never counted: the one that unsubscribes
 */
public record TrackedPage(
        String server, Set<MailConfig.Track> track, Tracking.Trace trace, Secret secret, Optional<String> untouched) {
    /** A comment, or the begin of a link with its attributes in quotes. */
    private static final Pattern LINK = Pattern.compile(
            "<!--.*?-->|<a(?=\\s)(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern TARGET =
            Pattern.compile("(\\shref\\s*=\\s*)(\"([^\"]*)\"|'([^']*)')", Pattern.CASE_INSENSITIVE);

    private static final Pattern ENTITY = Pattern.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);");

    /** The page with it. */
    public String of(String html) {
        String linked = track.contains(MailConfig.Track.CLICKS) ? replaced(LINK, html, this::link) : html;
        return track.contains(MailConfig.Track.OPENS) ? withImage(linked) : linked;
    }

    private static String replaced(Pattern pattern, String text, UnaryOperator<String> by) {
        return pattern.matcher(text).replaceAll(match -> Matcher.quoteReplacement(by.apply(match.group())));
    }

    private String link(String tag) {
        Matcher target = TARGET.matcher(tag);
        if (tag.startsWith("<!--") || !target.find()) {
            return tag;
        }
        String written = target.group(3) == null ? target.group(4) : target.group(3);
        Optional<String> through = plain(written)
                .filter(url -> !untouched.equals(Optional.of(url)))
                .flatMap(url -> Tracking.click(trace, url, secret))
                .map(token -> server + Tracking.CLICKS + token);
        // Nothing of a token, or of the address of a server, needs to be escaped.
        return through.map(url -> tag.substring(0, target.start())
                        + target.group(1)
                        + '"'
                        + url
                        + '"'
                        + tag.substring(target.end()))
                .orElse(tag);
    }

    /** What an attribute says; empty if it has an entity that is not known here. */
    private static Optional<String> plain(String written) {
        StringBuilder text = new StringBuilder();
        Matcher entity = ENTITY.matcher(written);
        int from = 0;
        while (entity.find()) {
            Optional<String> means = meaning(entity.group(1));
            if (means.isEmpty()) {
                return Optional.empty();
            }
            text.append(written, from, entity.start()).append(means.get());
            from = entity.end();
        }
        return Optional.of(text.append(written.substring(from)).toString().strip());
    }

    private static Optional<String> meaning(String entity) {
        if (entity.startsWith("#")) {
            boolean hex = entity.toLowerCase(Locale.ROOT).startsWith("#x");
            int code = hex ? Integer.parseInt(entity.substring(2), 16) : Integer.parseInt(entity.substring(1));
            return Character.isValidCodePoint(code) ? Optional.of(Character.toString(code)) : Optional.empty();
        }
        return switch (entity) {
            case "amp" -> Optional.of("&");
            case "quot" -> Optional.of("\"");
            case "apos" -> Optional.of("'");
            case "lt" -> Optional.of("<");
            case "gt" -> Optional.of(">");
            default -> Optional.empty();
        };
    }

    private String withImage(String html) {
        String image = "<img src=\"" + server + Tracking.OPENS + Tracking.open(trace, secret)
                + "\" width=\"1\" height=\"1\" alt=\"\">";
        int end = html.toLowerCase(Locale.ROOT).lastIndexOf("</body");
        return end < 0 ? html + image : html.substring(0, end) + image + html.substring(end);
    }
}
