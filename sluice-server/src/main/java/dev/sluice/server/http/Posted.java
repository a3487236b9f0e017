package dev.sluice.server.http;

import dev.sluice.outbox.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An occurrence as it was posted.
 *
 * @param subject what it is about, if the caller says so
 * @param fields what to make the subject of, if not
 * @param content what it says
 * @param recipients to whom; empty for the recipients of the channels
 * @param variant the variant that the caller names
 * @param id names the occurrence, so that posting it again is safe
 */
record Posted(
        Optional<String> subject,
        Optional<Map<String, String>> fields,
        Content content,
        List<String> recipients,
        Optional<String> variant,
        Optional<String> id) {
    /** Reads the body of an occurrence; what is wrong with it goes to {@code faults}. */
    static Posted read(byte[] body, Faults faults) {
        Draft draft = new Draft();
        Reading.object(body, faults, draft);
        draft.check(faults);
        return draft.posted();
    }

    /** A hash that tells a repetition from another request under the same id, whatever the order and spaces. */
    String bodyHash() {
        StringBuilder text = new StringBuilder();
        part(text, subject.orElse(""));
        fields.ifPresent(map -> new TreeMap<>(map).forEach((name, value) -> {
            part(text, name);
            part(text, value);
        }));
        part(text, content.title());
        part(text, content.message());
        part(text, content.severity());
        part(text, content.data());
        recipients.forEach(recipient -> part(text, recipient));
        part(text, variant.orElse(""));
        return sha256(text.toString());
    }

    /** The same of a subject with values. */
    static String hash(String subject, Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        part(text, subject);
        new TreeMap<>(values).forEach((name, value) -> {
            part(text, name);
            part(text, value);
        });
        return sha256(text.toString());
    }

    private static void part(StringBuilder text, String value) {
        text.append(value.length()).append(':').append(value);
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What has been read so far. */
    private static final class Draft implements Reading.Member {
        /** A title is what the worst errors are told by, so a long one is cut and not refused. */
        private static final int MOST_TITLE = 2_000;

        private static final int MOST_FIELDS = 100;

        private Optional<String> subject = Optional.empty();
        private Optional<Map<String, String>> fields = Optional.empty();
        private String title = "";
        private String message = "";
        private String severity = "";
        private String data = "{}";
        private List<String> recipients = List.of();
        private Optional<String> variant = Optional.empty();
        private Optional<String> id = Optional.empty();

        @Override
        public boolean read(String name, Reading from) throws IOException {
            switch (name) {
                case "subject" -> subject = from.text(name, PostedNames.MOST_SUBJECT);
                case "fields" -> fields = Optional.of(from.plainObject(name, MOST_FIELDS, Integer.MAX_VALUE));
                case "title" -> title = from.beginning(name, MOST_TITLE).orElse("");
                case "message" -> message = from.text(name, Integer.MAX_VALUE).orElse("");
                case "severity" ->
                    severity = from.text(name, PostedNames.MOST_WORD).orElse("");
                case "data" -> data = from.anyObject(name);
                case "recipients" ->
                    recipients = from.texts(name, PostedNames.MOST_RECIPIENTS, PostedNames.MOST_ADDRESS);
                case "variant" -> variant = from.text(name, PostedNames.MOST_WORD);
                case "id" -> id = from.text(name, PostedNames.MOST_WORD);
                default -> {
                    return false;
                }
            }
            return true;
        }

        void check(Faults faults) {
            if (subject.isPresent() && fields.isPresent()) {
                faults.add("subject", "and fields exclude each other: give the subject, or what it is made of");
            } else if (subject.isEmpty() && fields.isEmpty() && faults.none()) {
                faults.add("subject", "or fields must be given");
            }
            PostedNames.check(subject, id, recipients, faults);
        }

        Posted posted() {
            Content content = new Content(title, message, severity, data);
            return new Posted(subject, fields, content, recipients, variant, id);
        }
    }
}
