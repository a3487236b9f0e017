package dev.sluice.outbox;

import dev.sluice.sql.SqlStore;

/**
 * How far an outbox has come.
 *
 * @param entry number of the newest ledger entry; 0 for none
 * @param message number of the newest message; 0 for none
 * @param attempts how often an attempt began or ended since the start of the process
 */
public record Progress(long entry, long message, long attempts) {
    private static final String LAST =
            "select (select max(id) from sluice_ledger) as entry, (select max(id) from sluice_message) as message";

    static Progress read(SqlStore store, long attempts) {
        return store.query(connection -> Rows.list(
                        connection, LAST, row -> new Progress(row.getLong("entry"), row.getLong("message"), attempts))
                .get(0));
    }
}
