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
import java.util.List;

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

    private static final String KEEP = "insert into sluice_books_at (flow, minute, " + BookKeeping.COLUMNS
            + ") select flow, ?, " + BookKeeping.COLUMNS + " from sluice_books where flow = ?"
            + " and not exists (select 1 from sluice_books_at where flow = ? and minute >= ?)";

    /** Beside min(), SQLite gives the other columns of the row that has it. */
    private static final String FIRST_OF_EACH_STEP = "select min(minute) as minute, " + BookKeeping.COLUMNS
            + " from sluice_books_at where flow = ? and minute >= ? group by minute / ?";

    private static final String NOW = "select " + BookKeeping.COLUMNS + " from sluice_books where flow = ?";

    private static final String THIN = "delete from sluice_books_at where minute < ? and exists (select 1 from"
            + " sluice_books_at as earlier where earlier.flow = sluice_books_at.flow and earlier.minute <"
            + " sluice_books_at.minute and earlier.minute >= sluice_books_at.minute - sluice_books_at.minute % 60)";

    private static final String DROP = "delete from sluice_books_at where minute < ?";

    private BooksHistory() {}

    /** Called before the books of a flow change. */
    static void keep(UnitOfWork unit, String flow) throws SQLException {
        long minute = Math.floorDiv(unit.now(), MINUTE);
        Rows.update(unit, KEEP, minute, flow, flow, minute);
    }

    /** What moved in each step of {@code grid}; steps of more than a minute are exact as long as minutes are kept. */
    static List<Books> moved(SqlStore store, String flow, TimeGrid grid) {
        long first = grid.from().getEpochSecond() / Duration.ofMinutes(1).toSeconds();
        long step = grid.step().toMinutes();
        return store.query(connection -> {
            List<Books> begins = new ArrayList<>(Collections.nCopies(grid.bins() + 1, Books.EMPTY));
            List<Integer> known = new ArrayList<>();
            Rows.list(
                    connection,
                    FIRST_OF_EACH_STEP,
                    row -> {
                        int bin = (int) Math.min((row.getLong("minute") - first) / step, grid.bins() - 1L);
                        if (!known.contains(bin)) {
                            known.add(bin);
                            begins.set(bin, BookKeeping.books(row));
                        }
                        return bin;
                    },
                    flow,
                    first,
                    step);
            Books now = Rows.list(connection, NOW, BookKeeping::books, flow).stream()
                    .findFirst()
                    .orElse(Books.EMPTY);
            begins.set(grid.bins(), now);
            return differences(begins, known);
        });
    }

    /** A step in which nothing moved has no row, and begins as the next one does. */
    private static List<Books> differences(List<Books> begins, List<Integer> known) {
        List<Books> moved = new ArrayList<>();
        Books end = begins.get(begins.size() - 1);
        for (int bin = begins.size() - 2; bin >= 0; bin--) {
            Books begin = known.contains(bin) ? begins.get(bin) : end;
            moved.add(difference(begin, end));
            end = begin;
        }
        Collections.reverse(moved);
        return moved;
    }

    private static Books difference(Books begin, Books end) {
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
