package dev.sluice.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the values of an occurrence become its subject. Pure: equal values give equal subjects in every process. */
public sealed interface SubjectRecipe {
    /** What stands in for values that are missing or blank; empty for all others. */
    Map<String, String> DEFAULTS = Map.of("processor", "unknown", "error_type", "error");

    /** The subject. */
    String subject(Map<String, String> values);

    /** Callers name the subject themselves. */
    record Given() implements SubjectRecipe {
        /** @throws IllegalArgumentException always */
        @Override
        public String subject(Map<String, String> values) {
            throw new IllegalArgumentException("the flow has no recipe for its subject: the caller must give one");
        }
    }

    /**
     * A readable subject: each part trimmed and in lower case, {@code /} between the parts, and {@code /}, {@code \} and
     * invisible characters inside them escaped, so that different parts never make the same subject.
     *
     * @param fields names of the values, in this order
     * @param fingerprint a last part out of a longer text
     */
    record Spelled(List<String> fields, Optional<Fingerprint> fingerprint) implements SubjectRecipe {
        @Override
        public String subject(Map<String, String> values) {
            List<String> parts = new ArrayList<>();
            fields.forEach(field -> parts.add(orDefault(field, clean(values.getOrDefault(field, "")))));
            fingerprint.ifPresent(print -> parts.add(orDefault(print.field(), clean(print.cut(values)))));
            return SubjectText.join(parts);
        }
    }

    /**
     * A hash over the values as they are, without trimming or lower case: for subjects that are content, or must not be
     * readable.
     *
     * @param fields names of the values, in this order
     */
    record Hashed(List<String> fields) implements SubjectRecipe {
        @Override
        public String subject(Map<String, String> values) {
            List<String> parts = fields.stream()
                    .map(field -> orDefault(field, values.getOrDefault(field, "")))
                    .toList();
            return HexFormat.of().formatHex(sha256(SubjectText.join(parts)));
        }
    }

    /**
     * The beginning of a text. The text is cut as it came and trimmed afterwards, so that two texts that agree in their
     * first {@code chars} characters always agree here.
     *
     * @param field name of the value
     * @param chars how many characters (Unicode code points) count, at least 1
     */
    record Fingerprint(String field, int chars) {
        String cut(Map<String, String> values) {
            String text = values.getOrDefault(field, "");
            return text.codePointCount(0, text.length()) <= chars
                    ? text
                    : text.substring(0, text.offsetByCodePoints(0, chars));
        }
    }

    private static String clean(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }

    private static String orDefault(String field, String value) {
        return value.isBlank() ? DEFAULTS.getOrDefault(field, "") : value;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
