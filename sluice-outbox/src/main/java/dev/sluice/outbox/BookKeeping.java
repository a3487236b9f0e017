package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The books of each flow, one row each: moved in the commit of what they count, written once per flow and commit. */
final class BookKeeping {
    private static final String ADD = "update sluice_books set "
            + Arrays.stream(Bucket.values())
                    .map(bucket -> column(bucket) + " = " + column(bucket) + " + ?")
                    .collect(Collectors.joining(", "))
            + " where flow = ?";

    /** The columns of the buckets. */
    static final String COLUMNS =
            Arrays.stream(Bucket.values()).map(BookKeeping::column).collect(Collectors.joining(", "));

    private BookKeeping() {}

    /** Makes sure that each flow has its row. */
    static boolean open(UnitOfWork unit, Iterable<String> flows) throws SQLException {
        for (String flow : flows) {
            Rows.update(
                    unit,
                    "insert into sluice_books (flow) select ? where not exists (select 1 from sluice_books where flow = ?)",
                    flow,
                    flow);
        }
        return true;
    }

    /** Moves the books of a flow, if the work of the unit ends well. */
    static void add(UnitOfWork unit, String flow, Books moved) {
        unit.gather(Sum.class, Sum::new, sum -> sum.flows.merge(flow, moved, Books::plus));
    }

    static Map<String, Books> read(SqlStore store) {
        return store.query(connection -> {
            Map<String, Books> books = new LinkedHashMap<>();
            Rows.list(connection, "select * from sluice_books order by flow", row -> {
                books.put(row.getString("flow"), books(row));
                return row;
            });
            return books;
        });
    }

    static Books books(ResultSet row) throws SQLException {
        Books books = Books.EMPTY;
        for (Bucket bucket : Bucket.values()) {
            books = books.with(bucket, row.getLong(column(bucket)));
        }
        return books;
    }

    private static String column(Bucket bucket) {
        return "n_" + bucket.name().toLowerCase(Locale.ROOT);
    }

    /** What one commit moves. Flows in order, so that two commits never wait for each other. */
    private static final class Sum implements UnitOfWork.Gathered {
        private final Map<String, Books> flows = new TreeMap<>();

        @Override
        public void write(UnitOfWork unit) throws SQLException {
            for (Map.Entry<String, Books> moved : flows.entrySet()) {
                BooksHistory.keep(unit, moved.getKey());
                List<Object> values = new ArrayList<>();
                for (Bucket bucket : Bucket.values()) {
                    values.add(moved.getValue().get(bucket));
                }
                values.add(moved.getKey());
                Rows.update(unit, ADD, values.toArray());
            }
        }
    }
}
