package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Step;
import dev.sluice.sql.UnitOfWork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps that the store of keys is still owed: written in the transaction that they follow from, taken after it, and
 * deleted in the next one. All of them can be repeated.
 */
final class Posts {
    /** So long only their writer takes them; then anybody does. Well below the lease of a claim that waits for one. */
    static final long LEASE = Micros.of(Duration.ofSeconds(10));

    /** So long it is known that a tally was told, for those who asked for it just before. */
    static final Duration TELLINGS_KEPT = Duration.ofHours(1);

    private static final String WRITE =
            "insert into sluice_post (key_text, event, message_id, prepared, due_at) values (?, ?, ?, ?, ?)"
                    + " returning id";

    private static final String SELECT = "select id, key_text, event, message_id, prepared from sluice_post";

    /** When a post is due whose flow is not configured. */
    private static final long PARKED = Micros.FOREVER;

    /**
     * What is due later than any lease can be was written before the clock was set back. A lease that was begun after the
     * time of this transaction was read, and committed before it looks, is none of these: its message may be on its way.
     */
    private static final String DUE =
            SELECT + " where due_at <= ? or (due_at > ? and due_at < " + PARKED + ") order by due_at, id limit ?";

    /** Where two servers do this at the same time, one of them fails, and finds the row when it tries again. */
    private static final String TAKE_TELLING = "insert into sluice_told (key_text, number, at)"
            + " select ?, ?, ? from (select 1 as one) as once"
            + " where not exists (select 1 from sluice_told where key_text = ? and number = ?)";

    private static final String FORGET_TELLINGS =
            "delete from sluice_told where (key_text, number) in (select key_text,"
                    + " number from (select key_text, number from sluice_told where at < ? and not exists (select 1 from"
                    + " sluice_post where sluice_post.key_text = sluice_told.key_text) order by at limit ?) as old)";

    private Posts() {}

    /** A row. */
    record Post(long id, Key key, Event event, Steps.About about) {}

    static Post write(UnitOfWork unit, Command command, Steps.About about) throws SQLException {
        return write(unit, command, about, unit.now() + LEASE);
    }

    /** @param due when others take it over */
    static Post write(UnitOfWork unit, Command command, Steps.About about, long due) throws SQLException {
        long id = Rows.find(
                        unit,
                        WRITE,
                        row -> row.getLong(1),
                        command.key().text(),
                        EventText.encode(command.event()),
                        about.message(),
                        about.prepared() ? 1 : 0,
                        due)
                .orElseThrow();
        return new Post(id, command.key(), command.event(), about);
    }

    /**
     * Writes another event, and another lease, into a post that nobody took over since {@code before}.
     *
     * @return whether it is written; also if it was written with the same lease before
     */
    static boolean replace(UnitOfWork unit, Post post, long before, long due) throws SQLException {
        String sql = "update sluice_post set event = ?, due_at = ? where id = ? and (due_at = ? or due_at = ?)";
        return Rows.update(unit, sql, EventText.encode(post.event()), due, post.id(), before, due) > 0;
    }

    /** As it is stored. */
    private record Stored(long id, String key, String event, Steps.About about) {
        /** @throws IllegalArgumentException if it cannot be read */
        Post post() {
            return new Post(id, Key.parse(key), EventText.decode(event), about);
        }
    }

    /** Hears of a row that cannot be read. */
    @FunctionalInterface
    interface Complaints {
        void unreadable(long id, String why);
    }

    /** Takes over what nobody took in time. A row that cannot be read stays, and keeps no other from being taken. */
    static List<Post> takeOver(UnitOfWork unit, int limit, Complaints complaints) throws SQLException {
        long until = unit.now() + LEASE;
        List<Post> due = new ArrayList<>();
        String sql = DUE + Phrases.lockedOrSkipped(unit.dialect());
        for (Stored stored : Rows.list(unit, sql, Posts::stored, unit.now(), until + Step.JITTER, limit)) {
            if (Rows.update(unit, "update sluice_post set due_at = ? where id = ?", until, stored.id) > 0) {
                read(stored, complaints).ifPresent(due::add);
            }
        }
        return due;
    }

    private static Optional<Post> read(Stored stored, Complaints complaints) {
        try {
            return Optional.of(stored.post());
        } catch (IllegalArgumentException e) {
            complaints.unreadable(stored.id, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Nobody takes it before {@link #unpark}. */
    static void park(UnitOfWork unit, long id) throws SQLException {
        Rows.update(unit, "update sluice_post set due_at = ? where id = ?", PARKED, id);
    }

    /** What was parked is looked at again. */
    static void unpark(UnitOfWork unit) throws SQLException {
        Rows.update(unit, "update sluice_post set due_at = 0 where due_at = ?", PARKED);
    }

    static long count(Connection connection) throws SQLException {
        return Rows.list(connection, "select count(*) from sluice_post", row -> row.getLong(1))
                .get(0);
    }

    /** The step was taken; false if somebody said so before. */
    static boolean delete(UnitOfWork unit, long id) throws SQLException {
        return Rows.update(unit, "delete from sluice_post where id = ?", id) > 0;
    }

    /** The message is prepared no longer. */
    static void deletePrepared(UnitOfWork unit, long message) throws SQLException {
        Rows.update(unit, "delete from sluice_post where message_id = ? and prepared = 1", message);
    }

    /** Whether the release of the claim of this fence waits to be taken. */
    static boolean isReleased(UnitOfWork unit, Key key, long fence) throws SQLException {
        String sql = "select 1 from sluice_post where key_text = ? and event like ?";
        return Rows.find(unit, sql, row -> row.getInt(1), key.text(), "release " + fence + " %")
                .isPresent();
    }

    /** Whether it is written down that somebody tells the tally of this number. */
    static boolean isTold(UnitOfWork unit, Key key, long number) throws SQLException {
        String sql = "select 1 from sluice_told where key_text = ? and number = ?";
        return Rows.find(unit, sql, row -> row.getInt(1), key.text(), number).isPresent();
    }

    /** Forgets who told what, unless the store of keys has not heard of it yet; how many. */
    static int forgetTellings(UnitOfWork unit, int limit) throws SQLException {
        return Rows.update(unit, FORGET_TELLINGS, unit.now() - Micros.of(TELLINGS_KEPT), limit);
    }

    /** Writes down who tells the tally of this number; false if that is written already. */
    static boolean takeTelling(UnitOfWork unit, Key key, long number) throws SQLException {
        return Rows.update(unit, TAKE_TELLING, key.text(), number, unit.now(), key.text(), number) > 0;
    }

    private static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getLong("id"),
                row.getString("key_text"),
                row.getString("event"),
                new Steps.About(row.getLong("message_id"), row.getInt("prepared") == 1));
    }
}
