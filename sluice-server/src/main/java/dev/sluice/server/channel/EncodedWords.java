package dev.sluice.server.channel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Text in a header of ASCII (RFC 2047). What only looks encoded is encoded once more, so that nobody decodes what
 * nobody encoded: a text may bring along "encoded" line breaks.
 */
final class EncodedWords {
    private static final String BEGIN = "=?UTF-8?B?";
    private static final String END = "?=";
    private static final String MARK = "=?";

    /** Bytes in one word: it must not be longer than 75 characters. */
    private static final int MOST_BYTES = 45;

    private EncodedWords() {}

    /**
     * The value of a header.
     *
     * @param line one line
     * @param between what separates words: a blank, or a fold
     */
    static String of(String line, String between) {
        boolean plain = line.chars().allMatch(each -> each >= ' ' && each < 0x7F) && !line.contains(MARK);
        return plain ? line : String.join(between, words(line));
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        line.codePoints().mapToObj(Character::toString).forEach(each -> {
            byte[] letter = each.getBytes(StandardCharsets.UTF_8);
            if (bytes.size() + letter.length > MOST_BYTES) {
                words.add(word(bytes));
            }
            bytes.writeBytes(letter);
        });
        words.add(word(bytes));
        return words;
    }

    private static String word(ByteArrayOutputStream bytes) {
        String word = BEGIN + Base64.getEncoder().encodeToString(bytes.toByteArray()) + END;
        bytes.reset();
        return word;
    }
}
