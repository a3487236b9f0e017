package dev.sluice.server.mail;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.Key;
import dev.sluice.server.config.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * Addresses in a mail that say that it was opened, or where somebody clicked. Each is signed, and good for nothing else: a
 * click leads to the address that was signed with it, and to no other.
 */
public final class Tracking {
    /** Where the image of a mail is; the token follows. */
    public static final String OPENS = "/v1/opens/";

    /** Where a link of a mail leads first; the token follows. */
    public static final String CLICKS = "/v1/clicks/";

    private static final String KEY = "s";
    private static final String MESSAGE = "m";
    private static final String TARGET = "u";

    private Tracking() {}

    /**
     * Which mail it was.
     *
     * @param key of its message
     * @param message its number
     */
    public record Trace(Key key, long message) {}

    /** A click, and where it is to lead. */
    public record Click(Trace trace, URI target) {}

    /** The token of the image. */
    public static String open(Trace trace, Secret secret) {
        return SignedToken.of(SignedToken.Purpose.OPEN, saying(trace), secret);
    }

    /** The token of a link; empty if its target is none that may be tracked, or too long. */
    public static Optional<String> click(Trace trace, String target, Secret secret) {
        return address(target)
                .map(url ->
                        SignedToken.of(SignedToken.Purpose.CLICK, saying(trace).put(TARGET, url.toString()), secret))
                .filter(token -> token.length() <= SignedToken.MOST);
    }

    private static ObjectNode saying(Trace trace) {
        return SignedToken.saying(trace.key().flow())
                .put(KEY, trace.key().text())
                .put(MESSAGE, trace.message());
    }

    /**
     * The mail whose image it is; empty if it is none of a flow that is configured.
     *
     * @param secrets that of a flow, if it has one
     */
    public static Optional<Trace> opened(String token, Function<String, Optional<Secret>> secrets) {
        return SignedToken.read(SignedToken.Purpose.OPEN, token, secrets) instanceof SignedToken.Read.Sound sound
                ? Optional.of(trace(sound))
                : Optional.empty();
    }

    /** As {@link #opened}, of a link. */
    public static Optional<Click> clicked(String token, Function<String, Optional<Secret>> secrets) {
        return SignedToken.read(SignedToken.Purpose.CLICK, token, secrets) instanceof SignedToken.Read.Sound sound
                ? address(sound.said().path(TARGET).asText()).map(target -> new Click(trace(sound), target))
                : Optional.empty();
    }

    private static Trace trace(SignedToken.Read.Sound sound) {
        return new Trace(
                Key.parse(sound.said().path(KEY).asText()),
                sound.said().path(MESSAGE).asLong());
    }

    /** An address of the web, and nothing that could run. */
    private static Optional<URI> address(String text) {
        try {
            URI url = URI.create(text);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return web && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
