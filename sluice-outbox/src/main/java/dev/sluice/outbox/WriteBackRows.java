package dev.sluice.outbox;

import dev.sluice.Micros;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rows of facts that are still to be written back, within a unit of work. */
final class WriteBackRows {
    /** So long whoever leased a fact may take to write it; then anybody does. */
    static final long LEASE = Micros.of(Duration.ofMinutes(2));

    /** After the first failure; doubled with each further one. */
    private static final long FIRST_REST = Micros.of(Duration.ofSeconds(5));

    private static final long LONGEST_REST = Micros.of(Duration.ofMinutes(10));

    /** After this a fact that cannot be written is dropped. */
    private static final long KEPT = Micros.of(Duration.ofDays(7));

    private static final String INSERT = "insert into sluice_write_back (flow, message_id, state, at, due_at, attempts)"
            + " values (?, ?, ?, ?, ?, 0)";

    /** What is due later than any rest can be was written before the clock was set back. */
    private static final String DUE = " where flow = ? and (due_at <= ? or due_at > ?)";

    /** Of each message the first one. */
    private static final String NEXT = "select id, message_id, state, at, attempts from sluice_write_back" + DUE
            + " and not exists (select 1 from sluice_write_back as earlier"
            + " where earlier.message_id = sluice_write_back.message_id and earlier.id < sluice_write_back.id)"
            + " order by id limit ?%s";

    private static final String REASON =
            "select note from sluice_delivery where message_id = ? and note <> '' order by id desc limit 1";

    private WriteBackRows() {}

    /** A row, and what it says. */
    record Row(long id, long message, MessageState state, long at, int attempts) {}

    /** A fact that is leased to this process. */
    record Leased(Row row, WriteBack.Fact fact) {}

    /** Notes where a message is now, if its flow writes that back. */
    static void note(UnitOfWork unit, FlowPlan plan, long message, MessageState state) throws SQLException {
        if (plan.sending().writeBack().isPresent()) {
            Rows.update(unit, INSERT, plan.name(), message, state.word(), unit.now(), unit.now());
        }
    }

    static boolean isDue(SqlStore store, String flow) {
        long now = store.now();
        String sql = "select 1 from sluice_write_back" + DUE + " limit 1";
        return !store.query(connection -> Rows.list(connection, sql, row -> 1, flow, now, latest(now)))
                .isEmpty();
    }

    /** Facts that this process may write now. */
    static List<Leased> lease(UnitOfWork unit, String flow, int limit) throws SQLException {
        long now = unit.now();
        String sql = NEXT.formatted(Phrases.lockedOrSkipped(unit.dialect()));
        List<Leased> leased = new ArrayList<>();
        for (Row row : Rows.list(unit, sql, WriteBackRows::row, flow, now, latest(now), limit)) {
            Rows.update(unit, "update sluice_write_back set due_at = ? where id = ?", now + LEASE, row.id);
            Message message = MessageViews.find(unit, row.message)
                    .orElseThrow(() -> new IllegalStateException("message " + row.message + " is gone, its facts not"));
            leased.add(
                    new Leased(row, new WriteBack.Fact(message, row.state, Micros.instant(row.at), reason(unit, row))));
        }
        return leased;
    }

    private static long latest(long now) {
        return now + LONGEST_REST + LEASE;
    }

    private static String reason(UnitOfWork unit, Row row) throws SQLException {
        return row.state == MessageState.PENDING || row.state == MessageState.DELIVERED
                ? ""
                : Rows.find(unit, REASON, found -> found.getString(1), row.message)
                        .orElse("");
    }

    static void delete(UnitOfWork unit, Row row) throws SQLException {
        Rows.update(unit, "delete from sluice_write_back where id = ?", row.id);
    }

    /** Nobody tried it: it is due at once. */
    static void giveBack(UnitOfWork unit, Row row) throws SQLException {
        Rows.update(unit, "update sluice_write_back set due_at = ? where id = ?", unit.now(), row.id);
    }

    /**
     * Others before it failed, and it was not tried: it rests as after a first failure, which is soon shorter than they do, so
     * that it comes to its turn without them.
     */
    static void letWait(UnitOfWork unit, Row row) throws SQLException {
        Rows.update(unit, "update sluice_write_back set due_at = ? where id = ?", unit.now() + FIRST_REST, row.id);
    }

    /** It could not be written: whether it is tried again, and not dropped. */
    static boolean putOff(UnitOfWork unit, Row row) throws SQLException {
        if (unit.now() - row.at > KEPT) {
            delete(unit, row);
            return false;
        }
        long rest = Math.min(LONGEST_REST, FIRST_REST << Math.min(row.attempts, 20));
        String sql = "update sluice_write_back set due_at = ?, attempts = attempts + 1 where id = ?";
        Rows.update(unit, sql, unit.now() + rest, row.id);
        return true;
    }

    /** How many facts of a flow wait. */
    static long count(SqlStore store, String flow) {
        String sql = "select count(*) from sluice_write_back where flow = ?";
        Optional<Long> count =
                store.query(connection -> Rows.list(connection, sql, row -> row.getLong(1), flow)).stream()
                        .findFirst();
        return count.orElse(0L);
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("id"),
                row.getLong("message_id"),
                MessageState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getLong("at"),
                row.getInt("attempts"));
    }
}
