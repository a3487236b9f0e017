package dev.sluice;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the values of an occurrence become its subject. Pure, immutable, safe for use by many threads: equal values give
 * equal subjects in every process, in the library and in the server alike.
 *
 * <pre>{@code
 * String subject = SubjectRecipe.ERRORS.subject(
 *         Map.of("processor", "Import", "error_type", "TypeError", "message", "unsupported operand"));
 * Key key = Key.of("errors", subject);
 * }</pre>
 */
public sealed interface SubjectRecipe {
    /** What stands in for values that are missing or blank; empty for all others. */
    Map<String, String> DEFAULTS = Map.of("processor", "unknown", "error_type", "error");

    /**
     * Which errors are the same error, unless something else is said: processor, type, and how the message begins but for
     * what varies in it.
     */
    SubjectRecipe ERRORS =
            new Spelled(List.of("processor", "error_type"), Optional.of(new Fingerprint("message", 100, true)));

    /**
     * The subject in full, however long the values are, in time in proportion to their length;
     * {@link Key#of(String, String)} hashes it where it is too long for a key.
     *
     * @param values the values of the occurrence by name; a missing one is as good as an empty one
     * @return never empty, and never beginning with {@code ~}
     * @throws IllegalArgumentException if this is {@link Given}
     */
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
        public Spelled {
            fields = List.copyOf(fields);
        }

        @Override
        public String subject(Map<String, String> values) {
            List<String> parts = new ArrayList<>();
            fields.forEach(field -> parts.add(orDefault(field, clean(values.getOrDefault(field, "")))));
            fingerprint.ifPresent(print -> parts.add(orDefault(print.field(), print.of(values))));
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
        public Hashed {
            fields = List.copyOf(fields);
        }

        /** 64 hexadecimal digits. */
        @Override
        public String subject(Map<String, String> values) {
            List<String> parts = fields.stream()
                    .map(field -> orDefault(field, values.getOrDefault(field, "")))
                    .toList();
            return HexFormat.of().formatHex(Ids.sha256(SubjectText.join(parts)));
        }
    }

    private static String clean(String value) {
        return LowerCase.of(value.strip());
    }

    private static String orDefault(String field, String value) {
        return value.isBlank() ? DEFAULTS.getOrDefault(field, "") : value;
    }
}
