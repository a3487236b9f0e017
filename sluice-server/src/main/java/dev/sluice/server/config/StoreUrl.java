package dev.sluice.server.config;

import java.nio.file.Path;

/** Where the state of keys lives. */
public sealed interface StoreUrl {
    /** One SQLite file; its directory is made when the server starts. */
    record Sqlite(Path file) implements StoreUrl {
        @Override
        public String toString() {
            return "sqlite:" + file;
        }
    }

    /** Gone when the process ends, messages included: for trials and tests. */
    record Memory() implements StoreUrl {
        @Override
        public String toString() {
            return "memory:";
        }
    }
}
