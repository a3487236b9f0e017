package dev.sluice.server.takeover;

/** What the server said to one finding. */
sealed interface Outcome {
    /** It holds its subject from now on, or would; until when. */
    record Taken(String until) implements Outcome {}

    /** Its subject is held already. */
    record Known() implements Outcome {}

    /** It is over. */
    record Over() implements Outcome {}

    /** The server does not understand it. */
    record Refused(String why) implements Outcome {}

    /** The server could not answer. */
    record Unsent(String why) implements Outcome {}
}
