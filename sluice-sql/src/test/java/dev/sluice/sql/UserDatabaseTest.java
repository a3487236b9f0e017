package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database of somebody else's, on each kind of server that there is. */
class UserDatabaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    /** Which database. */
    enum On {
        SQLITE,
        POSTGRESQL,
        MARIADB;

        Database fresh(Path directory) {
            Path file = directory.resolve("shop.db");
            return switch (this) {
                case SQLITE -> new Database("sqlite:" + file, "jdbc:sqlite:" + file);
                case POSTGRESQL -> PostgresServer.shared().fresh();
                case MARIADB -> MariaDbServer.shared().fresh();
            };
        }
    }

    private static void run(Database database, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static List<Map<String, String>> rows(UserDatabase database, String query, String... parameters) {
        List<Map<String, String>> rows = new ArrayList<>();
        database.read(query, List.of(parameters), rows::add);
        return rows;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("rows come as text by the names of their columns, without those that are NULL")
    void rowsComeAsText(On on) throws SQLException {
        Database database = on.fresh(directory);
        run(
                database,
                "create table cart (id integer, name varchar(20), price decimal(10, 2))",
                "insert into cart values (7, 'Lamp', 20.50), (8, null, 3.25)");
        try (UserDatabase user = UserDatabase.of(database.url(), 2, PATIENCE)) {
            assertThat(rows(user, "select id as CART_ID, name, price from cart order by id"))
                    .containsExactly(
                            Map.of("cart_id", "7", "name", "Lamp", "price", on == On.SQLITE ? "20.5" : "20.50"),
                            Map.of("cart_id", "8", "price", "3.25"));
            List<Map<String, String>> eight = new ArrayList<>();
            String sql = "select * from (select id + 0 as n from cart) c where " + user.equal("n");
            user.read(sql, user.parameters("8"), eight::add);
            assertThat(eight).containsExactly(Map.of("n", "8"));
            assertThat(user.first("select name from cart where id = ?", List.of("7")))
                    .contains("Lamp");
            assertThat(user.first("select name from cart where id = ?", List.of("8")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("nothing can be written over it, and what it refuses names no password")
    void nothingIsWritten(On on) throws SQLException {
        Database database = on.fresh(directory);
        run(database, "create table cart (id integer)", "insert into cart values (7)");
        try (UserDatabase user = UserDatabase.of(database.url(), 1, PATIENCE)) {
            assertThatThrownBy(() -> rows(user, "delete from cart"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageNotContaining("secret");
            assertThat(rows(user, "select id from cart")).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("values that a collation takes for equal do not mix when they are sorted")
    void sortsExactly(On on) throws SQLException {
        Database database = on.fresh(directory);
        String nocase = on == On.SQLITE ? " collate nocase" : "";
        run(
                database,
                "create table cart (id varchar(20)" + nocase + ", n integer)",
                "insert into cart values ('a1', 1), ('A1', 2), ('a1', 3), ('A1', 4)");
        try (UserDatabase user = UserDatabase.of(database.url(), 1, PATIENCE)) {
            assertThat(rows(user, "select id from cart order by " + user.sorting("id")))
                    .extracting(row -> row.get("id"))
                    .containsExactly("A1", "A1", "a1", "a1");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S3.13 an age does not depend on the zone of this process")
    void zoneOfTheProcess(On on) throws SQLException {
        Database database = on.fresh(directory);
        String age = switch (on) {
            case SQLITE -> "cast(strftime('%s', 'now') - strftime('%s', at) as integer)";
            case POSTGRESQL -> "cast(extract(epoch from now() - at) as integer)";
            case MARIADB -> "timestampdiff(second, at, now())";
        };
        String type = on == On.SQLITE ? "text" : on == On.POSTGRESQL ? "timestamp" : "datetime";
        String hourAgo = switch (on) {
            case SQLITE -> "datetime('now', '-1 hour')";
            case POSTGRESQL -> "(now() at time zone 'UTC') - interval '1 hour'";
            case MARIADB -> "now() - interval 1 hour";
        };
        run(database, "create table cart (at " + type + ")", "insert into cart values (" + hourAgo + ")");
        TimeZone before = TimeZone.getDefault();
        try {
            for (String zone : List.of("GMT+05:30", "GMT-05:30", "UTC")) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone));
                try (UserDatabase user = UserDatabase.of(database.url(), 1, PATIENCE)) {
                    for (int read = 1; read <= 3; read++) {
                        String seconds = user.first("select " + age + " as age from cart", List.of())
                                .orElseThrow();
                        assertThat(Long.parseLong(seconds))
                                .as(zone + ", read " + read)
                                .isBetween(3_600L, 3_900L);
                    }
                }
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    @DisplayName("in PostgreSQL the zone of a session is UTC, or what the URL names, however often it is read")
    void zoneOfTheSession() {
        Database database = On.POSTGRESQL.fresh(directory);
        Map<String, String> zones = Map.of(
                "", "UTC",
                "?options=-c%20search_path=public", "UTC",
                "?options=-c%20TimeZone=Europe/Berlin", "Europe/Berlin");
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        try {
            zones.forEach((options, zone) -> {
                try (UserDatabase user = UserDatabase.of(database.url() + options, 1, PATIENCE)) {
                    for (int read = 1; read <= 3; read++) {
                        assertThat(user.first("show timezone", List.of()))
                                .as(options)
                                .contains(zone);
                    }
                }
            });
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    @DisplayName("in PostgreSQL a value has the same text however often it is read")
    void sameTextAlways() {
        Database database = On.POSTGRESQL.fresh(directory);
        try (UserDatabase user = UserDatabase.of(database.url(), 1, PATIENCE)) {
            String sql = "select 2::float8 as a, 1e8::float8 as b, timestamptz '2026-01-14 09:00:00+00' as c";
            Map<String, String> first = rows(user, sql).get(0);
            for (int read = 0; read < 10; read++) {
                assertThat(rows(user, sql)).containsExactly(first);
            }
        }
    }

    @Test
    @DisplayName("in SQLite a text finds texts and numbers of expressions, and what came since it")
    void expressionsOfSqlite() throws SQLException {
        Database database = On.SQLITE.fresh(directory);
        run(database, "create table cart (id integer, at real)", "insert into cart values (42, 7.5), (43, 8.5)");
        try (UserDatabase user = UserDatabase.of(database.url(), 1, PATIENCE)) {
            for (String id : List.of("id", "id + 0", "'' || id")) {
                String sql = "select * from (select " + id + " as n from cart) c where " + user.equal("n");
                assertThat(rows(user, sql, "42", "42")).as(id).hasSize(1);
            }
            String since = "select * from (select at + 0.0 as n from cart) c where " + user.since("n");
            assertThat(rows(user, since, "8.5", "8.5")).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a statement that takes too long is ended")
    void endsWhatTakesTooLong(On on) throws SQLException {
        Database database = on.fresh(directory);
        run(database, "create table cart (id integer)");
        String sleep = switch (on) {
            case SQLITE -> "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n";
            case POSTGRESQL -> "select pg_sleep(60)";
            case MARIADB -> "select sleep(60)";
        };
        try (UserDatabase user = UserDatabase.of(database.url(), 1, Duration.ofSeconds(1))) {
            assertThat(user.first("select 1", List.of())).contains("1");
            assertThatThrownBy(() -> rows(user, sleep)).isInstanceOf(StoreException.class);
            assertThat(user.first("select 1", List.of())).contains("1");
        }
    }
}
