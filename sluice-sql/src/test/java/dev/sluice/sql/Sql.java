package dev.sluice.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements of tests, in one call each. */
final class Sql {
    private Sql() {}

    static void write(SqlStore store, String sql) {
        Keys.await(store.transact(unit -> unit.prepare(sql).execute()));
    }

    /** The last column of each row that the writer sees, as text. */
    static List<String> seenByWriter(SqlStore store, String sql) {
        return Keys.await(store.transact(unit -> column(unit.prepare(sql))));
    }

    /** The last column of each row that a reader sees, as text. */
    static List<String> seenByReader(SqlStore store, String sql) {
        return store.query(connection -> {
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                return column(query);
            }
        });
    }

    private static List<String> column(PreparedStatement query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                texts.add(row.getString(row.getMetaData().getColumnCount()));
            }
        }
        return texts;
    }

    /** Runs a script on a connection that the store does not know of. */
    static void behindItsBack(Connection connection, String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(script);
        }
    }
}
