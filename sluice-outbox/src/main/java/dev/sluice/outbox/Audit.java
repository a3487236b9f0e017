package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Key;
import dev.sluice.Out;
import dev.sluice.State;
import dev.sluice.sql.SqlStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts pending, held and owed again from the states of the keys and the messages, and compares with the books. */
final class Audit {
    private static final int PAGE = 500;

    /** What messages hold themselves: occurrences that have no claim, and counts that nobody was told of yet. */
    private static final String IN_MESSAGES =
            "select coalesce(sum(case when counted = 'message' and state = 'pending' then 1 else 0 end), 0),"
                    + " coalesce(sum(owed), 0) from sluice_message where flow = ? and closed_at is null";

    private final SqlStore database;
    private final Works works;

    Audit(SqlStore database, Works works) {
        this.database = database;
        this.works = works;
    }

    List<Outbox.Discrepancy> run() {
        List<Outbox.Discrepancy> all = new ArrayList<>();
        for (Map.Entry<String, Books> entry : works.books().entrySet()) {
            String flow = entry.getKey();
            Books counted = entry.getValue();
            Books found = keys(flow).plus(messages(flow));
            for (Bucket bucket : List.of(Bucket.PENDING, Bucket.HELD, Bucket.OWED)) {
                compare(flow, bucket, counted.get(bucket), found.get(bucket), all);
            }
            compare(flow, Bucket.IN, counted.get(Bucket.IN), counted.get(Bucket.IN) - counted.unaccounted(), all);
        }
        return all;
    }

    private static void compare(String flow, Bucket bucket, long counted, long found, List<Outbox.Discrepancy> all) {
        if (counted != found) {
            all.add(new Outbox.Discrepancy(flow, bucket, counted, found));
        }
    }

    private Books keys(String flow) {
        Books sum = Books.EMPTY;
        List<Key> page = Desk.await(works.keys().keys(flow, Optional.empty(), PAGE));
        while (!page.isEmpty()) {
            for (Key key : page) {
                State state = Desk.await(works.keys().read(key)).orElse(State.EMPTY);
                Out out = state.out();
                sum = sum.with(Bucket.PENDING, state.live().size())
                        .with(Bucket.HELD, state.held())
                        .with(Bucket.OWED, out == null ? 0 : out.held());
            }
            page = Desk.await(works.keys().keys(flow, Optional.of(page.get(page.size() - 1)), PAGE));
        }
        return sum;
    }

    private Books messages(String flow) {
        return database.query(connection -> Rows.list(
                        connection,
                        IN_MESSAGES,
                        row -> Books.only(Bucket.PENDING, row.getLong(1)).with(Bucket.OWED, row.getLong(2)),
                        flow)
                .get(0));
    }
}
