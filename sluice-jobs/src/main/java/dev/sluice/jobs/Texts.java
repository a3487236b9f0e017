package dev.sluice.jobs;

/** What texts must be that are kept in a database. */
final class Texts {
    private static final int MOST = 100_000;

    private Texts() {}

    /**
     * The text without U+0000, which PostgreSQL does not keep.
     *
     * @throws IllegalArgumentException if it is longer than 100,000 characters
     */
    static String bounded(String what, String text) {
        if (text.length() > MOST) {
            throw new IllegalArgumentException(what + " is at most " + MOST + " characters long, not " + text.length());
        }
        return text.replace('\0', '\uFFFD');
    }
}
