package dev.sluice.server.feed;

/** What a source found. */
sealed interface Item {
    /** Number of the line on which it begins, from 1. */
    long line();

    /**
     * An occurrence.
     *
     * @param json the text of a JSON object on one line, as the API takes it
     */
    record Occurrence(long line, String json) implements Item {}

    /** Something that is no occurrence, and why. */
    record Bad(long line, String why) implements Item {}
}
