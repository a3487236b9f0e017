package dev.sluice;

import java.util.Arrays;
import java.util.List;

/** A set of words that is asked for parts of a text, without making objects of them. Immutable. */
final class Words {
    /** The words of each length. */
    private final String[][] byLength;

    /** For each length a bit for each first character that there is. */
    private final long[] firsts;

    /** @param words with a blank between */
    Words(String words) {
        List<String> all = List.of(words.split(" "));
        int longest = all.stream().mapToInt(String::length).max().orElse(0);
        byLength = new String[longest + 1][];
        firsts = new long[longest + 1];
        for (int length = 0; length <= longest; length++) {
            int wanted = length;
            byLength[length] =
                    all.stream().filter(word -> word.length() == wanted).toArray(String[]::new);
            firsts[length] = Arrays.stream(byLength[length])
                    .filter(word -> !word.isEmpty())
                    .mapToLong(word -> bit(word.charAt(0)))
                    .reduce(0, (one, other) -> one | other);
        }
    }

    /** Whether the text from {@code start} to {@code end} is one of the words. */
    boolean contains(CharSequence text, int start, int end) {
        int length = end - start;
        if (length <= 0 || length >= byLength.length || (firsts[length] & bit(text.charAt(start))) == 0) {
            return false;
        }
        for (String word : byLength[length]) {
            if (isAt(text, start, word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(CharSequence text, int start, String word) {
        for (int i = 0; i < word.length(); i++) {
            if (text.charAt(start + i) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static long bit(char c) {
        return 1L << (c & 63);
    }
}
