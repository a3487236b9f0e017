package dev.sluice.server.takeover;

/** One thing that another system knows. Each says where it was found. */
sealed interface Finding {
    /** A row or a key, for people. */
    String where();

    /** One to be taken over, as the server takes it. */
    record Live(String where, String subject, Kind kind, String json) implements Finding {}

    /** One that never ends. */
    record Endless(String where) implements Finding {}

    /** One that is to be left alone. */
    record Skipped(String where) implements Finding {}

    /** One that cannot be understood. */
    record Bad(String where, String why) implements Finding {}

    /** What is known of a subject. */
    enum Kind {
        /** It was told. */
        TOLD,
        /** Somebody has it in hand. */
        IN_HAND
    }
}
