package dev.sluice.outbox;

import dev.sluice.sql.Dialect;

/** The few words of a statement that depend on the database. */
final class Phrases {
    private Phrases() {}

    /** In front of a column: its index is not to be used, so that the one with the fewest rows is. */
    static String aside(Dialect dialect) {
        return dialect == Dialect.SQLITE ? "+" : "";
    }

    /** Behind a query: nobody else changes the rows before the commit. */
    static String locked(Dialect dialect) {
        return dialect.isShared() ? " for update" : "";
    }

    /** Behind a query: as {@link #locked}, leaving out what somebody else has locked. */
    static String lockedOrSkipped(Dialect dialect) {
        return dialect.isShared() ? " for update skip locked" : "";
    }
}
