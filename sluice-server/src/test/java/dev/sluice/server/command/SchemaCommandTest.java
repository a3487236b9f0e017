package dev.sluice.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice schema}. */
class SchemaCommandTest {
    @TempDir
    Path directory;

    @Test
    void whatIsPrintedMakesTheTablesThatTheProgramKnows() throws SQLException {
        String script =
                Called.in(directory, Map.of(), "schema", "--dialect", "sqlite").out();
        Path file = directory.resolve("made.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(script);
        }
        try (SqlStore store = SqlStore.sqlite(file, SqliteSettings.STANDARD, InstantSource.system())) {
            assertThat(store.count("errors")).isZero();
        }
    }

    @Test
    void theConfiguredDatabaseDecidesUnlessOneIsNamed() {
        Called configured = Called.in(directory, Map.of("SLUICE_STORE", "memory:"), "schema", "--component", "store");
        assertThat(configured.err()).isEmpty();
        assertThat(configured.out()).startsWith("-- Sluice: store on SQLite").doesNotContain("outbox");
        Map<String, String> shared = Map.of("SLUICE_STORE", "postgresql://db/sluice");
        assertThat(Called.in(directory, shared, "schema").out())
                .contains("-- Sluice: store on PostgreSQL", "-- Sluice: outbox on PostgreSQL");
        assertThat(Called.in(directory, shared, "schema", "--dialect", "mariadb")
                        .out())
                .contains("-- Sluice: outbox on MariaDB");
    }

    @Test
    void aDatabaseThatNobodyKnowsIsAMistakeOfTheCommandLine() {
        Called called = Called.in(directory, Map.of(), "schema", "--dialect", "oracle");
        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("oracle");
    }
}
