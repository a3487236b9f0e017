package dev.sluice.server.config;

import java.util.Map;

/**
 * Statements that keep a table of the user's filled with what becomes of messages.
 *
 * @param database where, and how long each may take
 * @param statements for what happened; what has none is not written
 */
public record WriteBackConfig(ScanConfig.Access database, Map<On, NamedStatement> statements) {
    public WriteBackConfig {
        statements = Map.copyOf(statements);
    }

    /** What happened to a message. */
    public enum On {
        /** It was let out. */
        CLAIMED,
        /** A receiver took it over. */
        SENT,
        /** It ended otherwise. */
        FAILED
    }
}
