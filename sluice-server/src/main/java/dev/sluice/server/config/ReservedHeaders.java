package dev.sluice.server.config;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Headers of a webhook that are not the user's: the connection needs them, or Sluice says something by them. */
final class ReservedHeaders {
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final String OURS = "sluice-";

    private ReservedHeaders() {}

    /** What to do instead of setting this header; empty if it may be set. */
    static Optional<String> instead(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (OF_THE_CONNECTION.contains(lower)) {
            return Optional.of("leave it out: it belongs to the connection");
        } else if (lower.startsWith(OURS)) {
            return Optional.of("leave it out: names in Sluice- are its own, and 'secret' makes it sign");
        }
        return switch (lower) {
            case "content-type" -> Optional.of("write 'content-type' beside 'body', or leave it to 'format'");
            case "idempotency-key" -> Optional.of("leave it out: by it Sluice lets the receiver drop a twin");
            case "user-agent" -> Optional.of("leave it out: Sluice says that it is Sluice");
            default -> Optional.empty();
        };
    }
}
