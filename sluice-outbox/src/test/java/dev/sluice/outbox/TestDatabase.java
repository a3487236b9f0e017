package dev.sluice.outbox;

import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;

/** The empty database of one test: a file, or a part of a server that the tests share. */
sealed interface TestDatabase extends AutoCloseable {
    /** An empty database. */
    static TestDatabase of(Dialect dialect, Path directory) {
        return switch (dialect) {
            case SQLITE -> new File(directory.resolve("sluice.db"));
            case POSTGRESQL -> Served.by(PostgresServer.shared(), SqlSettings.STANDARD);
            case MARIADB -> Served.by(MariaDbServer.shared(), SqlSettings.STANDARD);
        };
    }

    /** Opens it, which a file can be once at a time. */
    SqlStore open(InstantSource clock);

    /** Deletes it. */
    @Override
    void close();

    /** In the directory of the test, with which it goes. */
    record File(Path file) implements TestDatabase {
        @Override
        public SqlStore open(InstantSource clock) {
            return SqlStore.sqlite(file, SqliteSettings.STANDARD, clock);
        }

        @Override
        public void close() {}
    }

    /** On a server. */
    record Served(SqlServer server, Database database, SqlSettings settings) implements TestDatabase {
        /** They have rows that a store needs. */
        private static final Set<String> KEPT = Set.of("sluice_schema", "sluice_fence_floor", "sluice_probe");

        static Served by(SqlServer server, SqlSettings settings) {
            return new Served(server, server.lend(), settings);
        }

        @Override
        public SqlStore open(InstantSource clock) {
            return SqlStore.open(database.url(), settings, clock);
        }

        @Override
        public void close() {
            server.giveBack(database, KEPT);
        }
    }
}
