package dev.sluice.server.mail;

import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The few forms in which what is known of mails is written and read. */
final class MailRows {
    private MailRows() {}

    /** What is there already stays as it is. */
    static String insert(UnitOfWork unit, String sql) {
        return unit.dialect() == Dialect.MARIADB
                ? sql.replaceFirst("INSERT", "INSERT IGNORE")
                : sql + " ON CONFLICT DO NOTHING";
    }

    static int update(UnitOfWork unit, String sql, Object... values) throws SQLException {
        return bound(unit.prepare(sql), values).executeUpdate();
    }

    /** Reads a column. */
    @FunctionalInterface
    interface Reader<T extends @Nullable Object> {
        T read(ResultSet row) throws SQLException;
    }

    static <T extends @Nullable Object> List<T> list(
            SqlStore database, String sql, Reader<T> reader, Object... values) {
        return database.query(connection -> {
            List<T> rows = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = bound(statement, values).executeQuery()) {
                while (row.next()) {
                    rows.add(reader.read(row));
                }
            }
            return rows;
        });
    }

    private static PreparedStatement bound(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
