package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What only MariaDB does. */
class MariaDbTest {
    private final Database database = MariaDbServer.shared().fresh();

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl());
    }

    @Test
    void whoDoesNotGetTheLockOfTheTablesInTimeChangesNothing() throws SQLException {
        MariaDbSql sql = new MariaDbSql();
        try (Connection first = connection();
                Statement one = first.createStatement();
                Connection second = connection();
                Statement other = second.createStatement()) {
            sql.lockTables(one, Duration.ofSeconds(1));
            assertThatThrownBy(() -> sql.lockTables(other, Duration.ofSeconds(1)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another server has been changing the tables for more than 1 s");
            one.execute(sql.unlockTables());
            assertThatCode(() -> sql.lockTables(other, Duration.ofSeconds(1))).doesNotThrowAnyException();
        }
    }

    @Test
    void aServerThatMayForgetWhatItCommittedIsToldOfAtTheStart() {
        try (Warnings warnings = new Warnings(SharedDatabase.class);
                SqlStore store = SqlStore.open(database.url(), SqlSettings.STANDARD)) {
            String flush = Sql.seenByReader(store, "SELECT @@global.innodb_flush_log_at_trx_commit")
                    .get(0);
            assertThat(warnings.said())
                    .filteredOn(said -> said.contains("innodb_flush_log_at_trx_commit is " + flush + ", set it to 1"))
                    .hasSize(flush.equals("1") ? 0 : 1);
        }
    }

    @Test
    void aUserWithoutRightsIsToldWhichToAskFor() throws SQLException {
        String guest = "guest" + System.nanoTime();
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        try (Connection owner = connection()) {
            Sql.behindItsBack(owner, "CREATE USER " + guest + " IDENTIFIED BY 'secret'");
            assertThatThrownBy(() -> SqlStore.open(
                            database.url().replaceFirst("//.*@", "//" + guest + ":secret@"), SqlSettings.STANDARD))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("GRANT ALL ON `" + name + "`.* TO '" + guest + "'");
            Sql.behindItsBack(owner, "DROP USER " + guest);
        }
    }
}
