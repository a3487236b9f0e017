package dev.sluice;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * What an allowance belongs to: a subject, inside a variant of a flow.
 *
 * <p>The text form is {@code flow:subject}, or {@code flow~variant:subject}; because flow and variant names hold
 * neither {@code :} nor {@code ~}, two different keys never share a text.
 *
 * @param flow name of the flow: 1 to 64 of {@code a-z 0-9 . _ -}, beginning with a letter or digit
 * @param variant name of the variant, of the same form, or empty for the flow itself
 * @param subject what the occurrence is about, at most {@value #MAX_SUBJECT_BYTES} bytes of UTF-8; use
 *     {@link #of(String, String)} to have a longer one hashed. Half of a surrogate pair becomes {@code ?}
 */
public record Key(String flow, String variant, String subject) {
    /** Longest subject in UTF-8 bytes; a longer one is replaced by its hash. */
    public static final int MAX_SUBJECT_BYTES = 200;

    /** The subject that stands in for new ones while a bounded store is full. */
    public static final String OVERFLOW = "~overflow";

    private static final int MAX_NAME = 64;

    /** @throws IllegalArgumentException if a part is not of its form */
    public Key {
        requireName("flow", flow);
        if (!variant.isEmpty()) {
            requireName("variant", variant);
        }
        if (subject.isEmpty()) {
            throw new IllegalArgumentException("the subject of a key must not be empty");
        }
        subject = wellFormed(subject);
        if (isTooLong(subject)) {
            throw new IllegalArgumentException(
                    "the subject is over " + MAX_SUBJECT_BYTES + " bytes; Key.of replaces it by its hash");
        }
    }

    /** The key of {@code subject} in {@code flow}; a subject over {@value #MAX_SUBJECT_BYTES} bytes is hashed. */
    public static Key of(String flow, String subject) {
        return of(flow, "", subject);
    }

    /** The key of {@code subject} in a variant of {@code flow}; a subject that is too long is hashed. */
    public static Key of(String flow, String variant, String subject) {
        return new Key(
                flow,
                variant,
                isTooLong(subject) ? "sha256-" + HexFormat.of().formatHex(Ids.sha256(subject)) : subject);
    }

    /**
     * Reads the text form back.
     *
     * @throws IllegalArgumentException if the text is not the form of a key
     */
    public static Key parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a key; it has no ':' after the flow");
        }
        String name = text.substring(0, colon);
        String subject = text.substring(colon + 1);
        int tilde = name.indexOf('~');
        return tilde < 0
                ? new Key(name, "", subject)
                : new Key(name.substring(0, tilde), name.substring(tilde + 1), subject);
    }

    /** Says whether {@code name} may name a flow, variant, budget or channel. */
    public static boolean isName(String name) {
        int length = name.length();
        if (length == 0 || length > MAX_NAME || !isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            char next = name.charAt(i);
            if (!isLetterOrDigit(next) && next != '.' && next != '_' && next != '-') {
                return false;
            }
        }
        return true;
    }

    /** The key of the same flow and variant that takes what a full store cannot hold. */
    public Key overflow() {
        return new Key(flow, variant, OVERFLOW);
    }

    /** Which of the 256 parts of a partitioned store the key belongs to. */
    public int shard() {
        CRC32 hash = new CRC32();
        hash.update(text().getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() & 0xff);
    }

    /** The text form, unique for each key. */
    public String text() {
        return variant.isEmpty() ? flow + ':' + subject : flow + '~' + variant + ':' + subject;
    }

    @Override
    public String toString() {
        return text();
    }

    private static void requireName(String what, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot name a " + what
                    + ": 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit");
        }
    }

    private static boolean isLetterOrDigit(char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
    }

    /** Half of a surrogate pair has no bytes: stores would keep another text than the one that is asked for. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            }
        }
        return text;
    }

    private static boolean isTooLong(String subject) {
        int length = subject.length();
        return length > MAX_SUBJECT_BYTES
                || (length * 3 > MAX_SUBJECT_BYTES
                        && subject.getBytes(StandardCharsets.UTF_8).length > MAX_SUBJECT_BYTES);
    }
}
