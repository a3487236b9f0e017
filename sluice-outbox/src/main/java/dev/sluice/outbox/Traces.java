package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlStore;

/** What is left of a key when its state is forgotten. */
final class Traces {
    /** By the key of a message, and by the subject of an entry: each has an index. */
    static String sql(Dialect dialect) {
        return "select exists (select 1 from sluice_message where key_text = ?)"
                + " or exists (select 1 from sluice_ledger where subject = ? and " + Phrases.aside(dialect)
                + "key_text = ?)";
    }

    private Traces() {}

    static boolean of(SqlStore store, Key key) {
        return store.query(connection ->
                        Rows.list(connection, sql(store.dialect()), row -> row.getBoolean(1), values(key)))
                .contains(true);
    }

    static Object[] values(Key key) {
        return new Object[] {key.text(), key.subject(), key.text()};
    }
}
