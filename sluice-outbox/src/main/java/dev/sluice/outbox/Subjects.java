package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;

/** The full text of subjects that were too long for a key and are hashed there. */
final class Subjects {
    private Subjects() {}

    static void keep(UnitOfWork unit, Occurrence occurrence) throws SQLException {
        if (!occurrence.subjectText().isEmpty()) {
            Rows.update(
                    unit,
                    "insert into sluice_subject (key_text, subject) values (?, ?) on conflict (key_text) do nothing",
                    occurrence.key().text(),
                    occurrence.subjectText());
        }
    }

    static void drop(UnitOfWork unit, Key key) throws SQLException {
        Rows.update(unit, "delete from sluice_subject where key_text = ?", key.text());
    }

    /** The text that is kept, or the subject itself. */
    static String text(SqlStore store, Key key) {
        String sql = "select subject from sluice_subject where key_text = ?";
        return store.query(connection -> Rows.list(connection, sql, row -> row.getString(1), key.text())).stream()
                .findFirst()
                .orElse(key.subject());
    }
}
