package dev.sluice.server.feed;

/** What became of one occurrence. */
sealed interface Answer {
    /** Passed on. */
    record Passed(String key) implements Answer {}

    /** Passed on with the number of those like it. */
    record Summarised(String key) implements Answer {}

    /** Held. */
    record Held(String key) implements Answer {}

    /** The server could not tell what it means. */
    record Unknown(String key) implements Answer {}

    /** It is no occurrence of this flow, and why. */
    record Refused(String why) implements Answer {}

    /** The server has not, or may not have, got it. */
    record Unsent(String why) implements Answer {}
}
