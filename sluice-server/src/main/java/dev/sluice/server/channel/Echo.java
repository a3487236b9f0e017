package dev.sluice.server.channel;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Tells whether a text repeats what may be a secret: of an address its path, its query, or a piece of these that is long
 * enough to be a token; of headers and templates their words. Servers like to say what they could not find.
 */
final class Echo {
    /** Shorter pieces are words such as {@code v1}, and guessed sooner than read. */
    private static final int LEAST = 6;

    /** Shorter ones are words such as {@code Bearer}, which an answer may need. */
    private static final int LEAST_WORD = 8;

    private final Set<String> parts = new HashSet<>();

    Echo(URI address) {
        add(Objects.requireNonNullElse(address.getRawPath(), ""));
        add(Objects.requireNonNullElse(address.getRawQuery(), ""));
    }

    /** Hides a text as a whole, and its words. */
    void hide(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.isBlank()) {
            parts.add(lower);
        }
        hideWords(lower);
    }

    /** Hides the words of a text but the short ones. */
    void hideWords(String text) {
        for (String word : text.toLowerCase(Locale.ROOT).split("\\s+", -1)) {
            if (word.length() >= LEAST_WORD) {
                parts.add(word);
            }
        }
    }

    private void add(String whole) {
        String text = whole.toLowerCase(Locale.ROOT);
        if (text.length() > 1) {
            parts.add(text);
        }
        for (String piece : text.split("[/?&=;,]", -1)) {
            if (piece.length() >= LEAST) {
                parts.add(piece);
                parts.add(decoded(piece));
            }
        }
    }

    private static String decoded(String piece) {
        try {
            return URLDecoder.decode(piece, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return piece;
        }
    }

    boolean isIn(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return parts.stream().anyMatch(lower::contains);
    }
}
