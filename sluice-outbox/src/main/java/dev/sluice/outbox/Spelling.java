package dev.sluice.outbox;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells receivers apart as people would who read their names. */
final class Spelling {
    /** Nothing is to be seen of these, joiners, fillers and selectors of variants among them. */
    private static final Pattern UNSEEN =
            Pattern.compile("[\\p{Cf}\\p{Cc}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\uFE00-\\uFE0F"
                    + "\\x{E0100}-\\x{E01EF}]");

    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");

    private Spelling() {}

    /** Without what is not to be seen, and without regard to case, width and blanks around it. */
    static String plain(String name) {
        String composed = Normalizer.normalize(name, Normalizer.Form.NFKC);
        String seen = UNSEEN.matcher(BLANKS.matcher(composed).replaceAll(" ")).replaceAll("");
        return seen.strip().toLowerCase(Locale.ROOT);
    }
}
