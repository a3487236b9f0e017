package dev.sluice.server;

import dev.sluice.sql.Dialect;
import dev.sluice.sql.Schema;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** The name that a database has for ever, wherever it is reached. */
public final class DatabaseName {
    private static final Schema SCHEMA = Schema.of("database", DatabaseName.class);
    private static final String GIVE = "INSERT INTO sluice_database (one, name) VALUES (1, ?) ON CONFLICT DO NOTHING";
    private static final String GIVE_MARIADB = "INSERT IGNORE INTO sluice_database (one, name) VALUES (1, ?)";

    private DatabaseName() {}

    /** The table that it is kept in. */
    public static Schema schema() {
        return SCHEMA;
    }

    /**
     * The name of the database; the first who asks gives it one.
     *
     * @throws dev.sluice.StoreException if the database does not answer
     */
    static String of(SqlStore database) {
        database.install(SCHEMA);
        String fresh = UUID.randomUUID().toString();
        return StoredEngine.await(database.transact(unit -> {
            PreparedStatement give = unit.prepare(database.dialect() == Dialect.MARIADB ? GIVE_MARIADB : GIVE);
            give.setString(1, fresh);
            give.executeUpdate();
            return read(unit);
        }));
    }

    private static String read(UnitOfWork unit) throws SQLException {
        PreparedStatement select = unit.prepare("SELECT name FROM sluice_database WHERE one = 1");
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the database has lost its name");
            }
            return row.getString(1);
        }
    }
}
