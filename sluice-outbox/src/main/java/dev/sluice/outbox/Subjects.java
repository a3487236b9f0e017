package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** The full text of subjects that were too long for a key and are hashed there. */
final class Subjects {
    private static final String KEEP = "insert into sluice_subject (key_text, subject) select ?, ?"
            + " from (select 1 as one) as once where not exists (select 1 from sluice_subject where key_text = ?)";

    private static final String WITH = "select key_text from sluice_subject where (key_text >= ? and key_text < ?"
            + " or key_text >= ? and key_text < ?) and lower(subject) like ? escape '!' limit ?";

    private Subjects() {}

    static void keep(UnitOfWork unit, Occurrence occurrence) throws SQLException {
        keep(unit, occurrence.key(), occurrence.subjectText());
    }

    /** @param text the subject in full, empty if the key has it */
    static void keep(UnitOfWork unit, Key key, String text) throws SQLException {
        if (!text.isEmpty()) {
            Rows.update(unit, KEEP, key.text(), text, key.text());
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

    /** Keys of a flow whose subject is hashed and has {@code part}, in lower case, in its full text. */
    static Set<String> with(SqlStore store, String flow, String part, int limit) {
        return store.query(connection -> new HashSet<>(Rows.list(
                connection,
                WITH,
                row -> row.getString(1),
                flow + ':',
                flow + (char) (':' + 1),
                flow + '~',
                flow + (char) ('~' + 1),
                '%' + literal(part) + '%',
                limit)));
    }

    /** A pattern that is like nothing but the text. */
    private static String literal(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }
}
