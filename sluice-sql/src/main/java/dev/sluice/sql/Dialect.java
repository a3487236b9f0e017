package dev.sluice.sql;

import java.util.Locale;

/** Which database a store is on: what its statements may say, and whether others can write to it at the same time. */
public enum Dialect {
    /** A file that this process alone has open. */
    SQLITE("SQLite", false),
    /** PostgreSQL 13 or newer, shared by any number of processes. */
    POSTGRESQL("PostgreSQL", true),
    /** MariaDB 10.6 or newer, shared by any number of processes. */
    MARIADB("MariaDB", true);

    private final String title;
    private final boolean shared;

    Dialect(String title, boolean shared) {
        this.title = title;
        this.shared = shared;
    }

    /** Whether other processes may write to the same tables. */
    public boolean isShared() {
        return shared;
    }

    /** The directory of its scripts, and the scheme of its URLs: {@code sqlite}, {@code postgresql}, {@code mariadb}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As people write it. */
    @Override
    public String toString() {
        return title;
    }
}
