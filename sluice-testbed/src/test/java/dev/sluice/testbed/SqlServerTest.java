package dev.sluice.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqlServerTest {
    @Test
    void twoDatabasesOfOneServerDoNotSeeEachOther() throws SQLException {
        for (SqlServer server : List.of(PostgresServer.shared(), MariaDbServer.shared())) {
            try (Connection one = DriverManager.getConnection(server.fresh().jdbcUrl());
                    Connection other =
                            DriverManager.getConnection(server.fresh().jdbcUrl());
                    Statement in = one.createStatement();
                    Statement out = other.createStatement()) {
                in.execute("CREATE TABLE mine (id INT)");
                assertThatThrownBy(() -> out.executeQuery("SELECT * FROM mine")).isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void allTestsShareOneServer() {
        assertThat(PostgresServer.shared()).isSameAs(PostgresServer.shared());
    }

    @Test
    void whatPostgresCommittedSurvivesAKillAndAStop() throws SQLException {
        try (SqlServer server = PostgresServer.start(SqlServer.Durability.DISK)) {
            keepsWhatItCommitted(server);
        }
    }

    @Test
    void whatMariaDbCommittedSurvivesAKillAndAStop() throws SQLException {
        try (SqlServer server = MariaDbServer.start(SqlServer.Durability.DISK)) {
            keepsWhatItCommitted(server);
        }
    }

    private static void keepsWhatItCommitted(SqlServer server) throws SQLException {
        String url = server.fresh().jdbcUrl();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (id INT)");
            statement.execute("INSERT INTO kept VALUES (7)");
        }
        long before = server.pid();
        server.kill();
        assertThat(ProcessHandle.of(before)).isEmpty();
        server.restart();
        assertThat(read(url)).isEqualTo(7);
        server.stop();
        server.restart();
        server.pause();
        server.resume();
        assertThat(read(url)).isEqualTo(7);
    }

    private static int read(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM kept")) {
            row.next();
            return row.getInt(1);
        }
    }
}
