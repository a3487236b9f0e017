package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import dev.sluice.testbed.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table of somebody else's that is written to, on each kind of server that there is. */
class UserWriterTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    @DisplayName("a statement that waits for a lock ends in its time, and holds none itself")
    void endsInTime(UserDatabaseTest.On on) throws SQLException {
        Database database = on.fresh(directory);
        String update = "update log set name = ? where id = ?";
        List<Optional<String>> values = List.of(Optional.empty(), Optional.of("7"));
        try (Connection other = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = other.createStatement();
                UserWriter writer = UserWriter.of(database.url(), Duration.ofSeconds(1));
                UserDatabase reader = UserDatabase.of(database.url(), 1, Duration.ofSeconds(10))) {
            statement.execute("create table log (id integer, name varchar(20))");
            statement.execute("insert into log values (7, 'claimed')");
            other.setAutoCommit(false);
            statement.execute("update log set name = 'other' where id = 7");
            assertThatThrownBy(() -> writer.write(update, values))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("could not be written");
            other.commit();
            writer.write(update, values);
            statement.execute("update log set id = 8 where id = 7");
            other.commit();
            assertThat(reader.first("select coalesce(name, 'none') from log where id = 8", List.of()))
                    .contains("none");
        }
    }
}
