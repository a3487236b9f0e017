package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Micros;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What moved in the books, minute by minute. The first commit of a flow in a minute keeps what its books were before, in
 * the same transaction: no commit writes more than one such row a minute, and none is lost or counted twice whatever the
 * clock does. Behind a clock that was set back, changes go to the latest minute there is.
 */
final class BooksHistory {
    /** How long single minutes are kept; of older ones the first of each hour stays. */
    static final Duration MINUTES_KEPT = Duration.ofHours(50);

    /** How long hours are kept. */
    static final Duration HOURS_KEPT = Duration.ofDays(90);

    private static final long MINUTE = Micros.of(Duration.ofMinutes(1));

    private static final String KEEP = "insert into sluice_books_at (flow, slot, minute, " + BookKeeping.COLUMNS
            + ") select flow, slot, ?, " + BookKeeping.columns(column -> column + " - ?")
            + " from sluice_books where flow = ? and slot = ? and not exists (select 1 from sluice_books_at"
            + " where flow = ? and slot = ? and minute >= ?)";

    private static final String FIRST_OF_EACH_STEP = "select kept.slot, kept.minute, " + BookKeeping.COLUMNS
            + " from sluice_books_at as kept join (select slot, min(minute) as earliest from sluice_books_at"
            + " where flow = ? and minute >= ? group by slot, minute - minute % ?) as step"
            + " on kept.slot = step.slot and kept.minute = step.earliest where kept.flow = ? order by kept.minute";

    private static final String NOW = "select slot, " + BookKeeping.COLUMNS + " from sluice_books where flow = ?";

    private static final String THIN = "delete from sluice_books_at where minute < ? and exists (select 1 from"
            + " sluice_books_at as earlier where earlier.flow = sluice_books_at.flow"
            + " and earlier.slot = sluice_books_at.slot and earlier.minute <"
            + " sluice_books_at.minute and earlier.minute >= sluice_books_at.minute - sluice_books_at.minute % 60)";

    private static final String DROP = "delete from sluice_books_at where minute < ?";

    private BooksHistory() {}

    /** Called after the part of a slot has changed by {@code moved}. */
    static void keep(UnitOfWork unit, String flow, int slot, Books moved) throws SQLException {
        long minute = Math.floorDiv(unit.now(), MINUTE);
        List<Object> values = BookKeeping.values(moved);
        values.add(0, minute);
        values.addAll(List.of(flow, slot, flow, slot, minute));
        Rows.update(unit, KEEP, values.toArray());
    }

    /** What moved in each step of {@code grid}; steps of more than a minute are exact as long as minutes are kept. */
    static List<Books> moved(SqlStore store, String flow, TimeGrid grid) {
        long first = grid.from().getEpochSecond() / Duration.ofMinutes(1).toSeconds();
        long step = grid.step().toMinutes();
        return store.query(connection -> {
            Map<Integer, Part> parts = new TreeMap<>();
            Rows.list(connection, NOW, row -> parts.put(row.getInt("slot"), new Part(BookKeeping.books(row))), flow);
            Rows.list(
                    connection,
                    FIRST_OF_EACH_STEP,
                    row -> {
                        int bin = (int) Math.min((row.getLong("minute") - first) / step, grid.bins() - 1L);
                        Part part = parts.computeIfAbsent(row.getInt("slot"), slot -> new Part(Books.EMPTY));
                        part.begins.putIfAbsent(bin, BookKeeping.books(row));
                        return bin;
                    },
                    flow,
                    first,
                    step,
                    flow);
            List<Books> moved = new ArrayList<>(Collections.nCopies(grid.bins(), Books.EMPTY));
            parts.values().forEach(part -> part.addTo(moved));
            return moved;
        });
    }

    /**
     * The part of the books that one slot has.
     *
     * @param now how it is now
     * @param begins how it was at the begin of steps in which it moved
     */
    private record Part(Books now, Map<Integer, Books> begins) {
        Part(Books now) {
            this(now, new HashMap<>());
        }

        /** A step in which nothing moved has no row, and begins as the next one does. */
        void addTo(List<Books> moved) {
            Books end = now;
            for (int bin = moved.size() - 1; bin >= 0; bin--) {
                Books begin = begins.getOrDefault(bin, end);
                moved.set(bin, moved.get(bin).plus(difference(begin, end)));
                end = begin;
            }
        }
    }

    static Books difference(Books begin, Books end) {
        Books moved = Books.EMPTY;
        for (Bucket bucket : Bucket.values()) {
            moved = moved.with(bucket, end.get(bucket) - begin.get(bucket));
        }
        return moved;
    }

    /** Deletes what is too old; how many rows went. */
    static int forget(UnitOfWork unit) throws SQLException {
        long minute = Math.floorDiv(unit.now(), MINUTE);
        return Rows.update(unit, THIN, minute - MINUTES_KEPT.toMinutes())
                + Rows.update(unit, DROP, minute - HOURS_KEPT.toMinutes());
    }
}
