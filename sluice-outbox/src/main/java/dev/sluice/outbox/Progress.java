package dev.sluice.outbox;

import dev.sluice.sql.SqlStore;

/**
 * How far an outbox has come.
 *
 * @param entry number of the newest ledger entry; 0 for none
 * @param message number of the newest message; 0 for none
 * @param changes how many commits changed what is told of messages and in the ledger; rises with each, also where a
 *     commit with lower numbers comes after one with higher ones, as they do where several servers write
 */
public record Progress(long entry, long message, long changes) {
    private static final String LAST =
            "select (select max(id) from sluice_ledger) as entry, (select max(id) from sluice_message) as message,"
                    + " (select sum(changes) from sluice_books) as changes";

    static Progress read(SqlStore store) {
        return store.query(connection -> Rows.list(
                        connection,
                        LAST,
                        row -> new Progress(row.getLong("entry"), row.getLong("message"), row.getLong("changes")))
                .get(0));
    }
}
