package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.sql.Dialect;
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
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The books of each flow: moved in the commit of what they count, written once per flow and commit. Servers that share a
 * database each write a row of their own, so that none waits for the commit of another; the books are the sum.
 */
final class BookKeeping {
    /** Rows of a flow at most; servers whose slot is the same wait for each other, and are right all the same. */
    static final int SLOTS = 16;

    /** The columns of the buckets. */
    static final String COLUMNS = columns(column -> column);

    /** The columns of the buckets, summed over the slots. */
    static final String SUMS = columns(column -> "sum(" + column + ") as " + column);

    private static final String ADD = "update sluice_books set changes = changes + 1, "
            + columns(column -> column + " = " + column + " + ?") + " where flow = ? and slot = ?";

    private static final String OPEN = "insert into sluice_books (flow, slot)"
            + " select ?, ? from (select 1 as one) as once"
            + " where not exists (select 1 from sluice_books where flow = ? and slot = ?)";

    /** The part that is a copy of the books of a store of keys beside the database. */
    private static final int COPY = SLOTS;

    private final int slot;

    /** @param slot the rows of this process, below {@link #SLOTS} */
    BookKeeping(int slot) {
        this.slot = slot;
    }

    /** The books as a process writes them, which has this name. */
    static BookKeeping of(String owner, Dialect dialect) {
        return new BookKeeping(dialect.isShared() ? Math.floorMod(owner.hashCode(), SLOTS) : 0);
    }

    /** Makes sure that each flow has its row. */
    boolean open(UnitOfWork unit, Iterable<String> flows) throws SQLException {
        for (String flow : flows) {
            open(unit, flow, slot);
        }
        return true;
    }

    private static void open(UnitOfWork unit, String flow, int slot) throws SQLException {
        Rows.update(unit, OPEN, flow, slot, flow, slot);
    }

    /** What is done in {@code unit}, to be written down here. */
    Journal journal(UnitOfWork unit) {
        return new Journal(unit, new StepsInUnit(unit), this);
    }

    /** Moves the books of a flow, if the work of the unit ends well. */
    void add(UnitOfWork unit, String flow, Books moved) {
        unit.gather(Sum.class, () -> new Sum(slot), sum -> sum.flows.merge(flow, moved, Books::plus));
    }

    static Map<String, Books> read(SqlStore store) {
        return read(store, ">= 0");
    }

    private static Map<String, Books> read(SqlStore store, String slots) {
        return store.query(connection -> {
            Map<String, Books> books = new LinkedHashMap<>();
            String sql =
                    "select flow, " + SUMS + " from sluice_books where slot " + slots + " group by flow order by flow";
            Rows.list(connection, sql, row -> {
                books.put(row.getString("flow"), books(row));
                return row;
            });
            return books;
        });
    }

    /** As {@link #read}, without what is copied. */
    static Map<String, Books> own(SqlStore store) {
        return read(store, "<> " + COPY);
    }

    /** The books of a store of keys as they were copied last. */
    static Map<String, Books> copied(SqlStore store) {
        return read(store, "= " + COPY);
    }

    /** Brings the copy of the books of a flow up to date. */
    static void copy(UnitOfWork unit, String flow, Books now) throws SQLException {
        open(unit, flow, COPY);
        String sql = "select " + COLUMNS + " from sluice_books where flow = ? and slot = ?";
        Books before = Rows.find(unit, sql + Phrases.locked(unit.dialect()), BookKeeping::books, flow, COPY)
                .orElse(Books.EMPTY);
        Books moved = BooksHistory.difference(before, now);
        if (!moved.equals(Books.EMPTY)) {
            add(unit, flow, COPY, moved);
        }
    }

    private static void add(UnitOfWork unit, String flow, int slot, Books moved) throws SQLException {
        List<Object> values = values(moved);
        values.addAll(List.of(flow, slot));
        if (Rows.update(unit, ADD, values.toArray()) == 0) {
            // Of a flow that left the configuration.
            open(unit, flow, slot);
            Rows.update(unit, ADD, values.toArray());
        }
        BooksHistory.keep(unit, flow, slot, moved);
    }

    static Books books(ResultSet row) throws SQLException {
        Books books = Books.EMPTY;
        for (Bucket bucket : Bucket.values()) {
            books = books.with(bucket, row.getLong(column(bucket)));
        }
        return books;
    }

    /** The amounts in the order of the columns. */
    static List<Object> values(Books books) {
        List<Object> values = new ArrayList<>();
        for (Bucket bucket : Bucket.values()) {
            values.add(books.get(bucket));
        }
        return values;
    }

    /** Each column in the same form, separated by commas. */
    static String columns(UnaryOperator<String> form) {
        return Arrays.stream(Bucket.values()).map(BookKeeping::column).map(form).collect(Collectors.joining(", "));
    }

    private static String column(Bucket bucket) {
        return "n_" + bucket.name().toLowerCase(Locale.ROOT);
    }

    /** What one commit moves. Flows in order, so that two commits never wait for each other. */
    private static final class Sum implements UnitOfWork.Gathered {
        private final int slot;
        private final Map<String, Books> flows = new TreeMap<>();

        Sum(int slot) {
            this.slot = slot;
        }

        @Override
        public void write(UnitOfWork unit) throws SQLException {
            for (Map.Entry<String, Books> moved : flows.entrySet()) {
                BookKeeping.add(unit, moved.getKey(), slot, moved.getValue());
            }
        }
    }
}
