package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The rows of episodes. */
final class EpisodeRows {
    private static final String SELECT = "select id, key_text, is_open, opened_at, last_seen, checks, held, level,"
            + " required, mark, safe_since, notified_at, resolved_by, closed_at, ended from sluice_episode";

    private static final String OPEN_OF_KEY = SELECT + " where key_text = ? and is_open = 1";

    private static final String OF_MESSAGE =
            SELECT + " where id = (select episode_id from sluice_message where sluice_message.id = ?)";

    private static final String INSERT =
            "insert into sluice_episode (flow, zone, subject, key_text, is_open, opened_at,"
                    + " last_seen, checks, held, level, required, mark, ended)"
                    + " select ?, ?, ?, ?, 1, ?, ?, 0, 0, ?, ?, ?, '' from (select 1 as one) as once"
                    + " where not exists (select 1 from sluice_episode where key_text = ? and is_open = 1)";

    /** What is written late may be older than what others found. */
    private static final String COUNT = "update sluice_episode set checks = checks + ?, held = held + ?,"
            + " safe_since = case when safe_since < ? then null else safe_since end,"
            + " last_seen = case when last_seen < ? then ? else last_seen end where id = ?";

    private static final String CLOSE = "update sluice_episode set is_open = null, safe_since = null, closed_at = ?,"
            + " ended = ? where id = ? and is_open = 1";

    private static final String OF_ZONE =
            "select key_text from sluice_episode where is_open = 1 and flow = ? and zone = ?";
    private static final String SAFE = OF_ZONE + " and safe_since <= ? order by safe_since limit ?";
    private static final String UNSEEN = OF_ZONE + " and last_seen <= ? limit ?";

    private EpisodeRows() {}

    /**
     * A row.
     *
     * @param safeSince from when on its zone has been over, if it is not known yet whether that lasts
     * @param resolvedBy the message that tells that it is over
     */
    record Row(Episode episode, Optional<Long> safeSince, Optional<Long> resolvedBy) {
        long id() {
            return episode.id();
        }

        Key key() {
            return episode.key();
        }

        /** Whether a level is not beyond where the zone is over. */
        boolean isBelowMark(OptionalDouble level) {
            OptionalDouble mark = episode.opening().mark();
            return level.isPresent() && mark.isPresent() && level.getAsDouble() < mark.getAsDouble();
        }
    }

    /** What was counted of an episode and is not in its row yet. */
    record Unwritten(Episode.Counts counts, long lastSeen) {
        Unwritten plus(Unwritten other) {
            return new Unwritten(counts.plus(other.counts), Math.max(lastSeen, other.lastSeen));
        }
    }

    /** The open episode of the key, opened now if there was none. It is in its zone again, if that seemed over. */
    static Row open(UnitOfWork unit, Key key, Sighting sighting) throws SQLException {
        Rows.update(
                unit,
                INSERT,
                key.flow(),
                key.variant(),
                key.subject(),
                key.text(),
                unit.now(),
                unit.now(),
                sighting.level(),
                value(sighting.required()),
                value(sighting.mark()),
                key.text());
        Row open = find(unit, key).orElseThrow();
        if (open.safeSince().isPresent()) {
            Rows.update(unit, "update sluice_episode set safe_since = null where id = ?", open.id());
        }
        return open;
    }

    /** As {@link #open}; {@code message} is about it, and its recovery is judged by what that tells. */
    static void tell(UnitOfWork unit, Key key, Sighting sighting, long message) throws SQLException {
        long id = open(unit, key, sighting).id();
        Rows.update(unit, "update sluice_message set episode_id = ? where id = ?", id, message);
        if (sighting.mark().isPresent()) {
            double mark = sighting.mark().getAsDouble();
            Rows.update(unit, "update sluice_episode set mark = ? where id = ?", mark, id);
        }
    }

    static Optional<Row> find(UnitOfWork unit, Key key) throws SQLException {
        return Rows.find(unit, OPEN_OF_KEY, EpisodeRows::row, key.text());
    }

    /** As {@link #find}; until the commit nobody else ends it. */
    static Optional<Row> lock(UnitOfWork unit, Key key) throws SQLException {
        return Rows.find(unit, OPEN_OF_KEY + Phrases.locked(unit.dialect()), EpisodeRows::row, key.text());
    }

    /** The episode that a message is about, open or not; until the commit nobody else ends it. */
    static Optional<Row> lockOfMessage(UnitOfWork unit, long message) throws SQLException {
        return Rows.find(unit, OF_MESSAGE + Phrases.locked(unit.dialect()), EpisodeRows::row, message);
    }

    /** Whether the episode that a message is about is over. */
    static boolean isOver(UnitOfWork unit, long message) throws SQLException {
        return Rows.find(unit, OF_MESSAGE, EpisodeRows::row, message)
                .filter(row -> row.episode().state() != Episode.State.OPEN)
                .isPresent();
    }

    static void notified(UnitOfWork unit, long id) throws SQLException {
        Rows.update(
                unit, "update sluice_episode set notified_at = ? where id = ? and notified_at is null", unit.now(), id);
    }

    static void resolved(UnitOfWork unit, long id, long message) throws SQLException {
        Rows.update(unit, "update sluice_episode set resolved_by = ? where id = ?", message, id);
    }

    /** Its zone is over, if that lasts. */
    static void safe(UnitOfWork unit, long id) throws SQLException {
        String sql = "update sluice_episode set safe_since = ? where id = ? and safe_since is null";
        Rows.update(unit, sql, unit.now(), id);
    }

    static void close(UnitOfWork unit, long id, Episode.State why) throws SQLException {
        Rows.update(unit, CLOSE, unit.now(), why.word(), id);
    }

    /** Adds to the rows of these episodes what was counted, in the order in which everybody does. */
    static void count(UnitOfWork unit, Collection<Counted> all) throws SQLException {
        PreparedStatement statement = unit.prepare(COUNT);
        List<Counted> sorted = all.stream()
                .sorted((one, other) -> Long.compare(one.episode, other.episode))
                .toList();
        for (Counted each : sorted) {
            long seen = each.unwritten.lastSeen;
            statement.setLong(1, each.unwritten.counts.checks());
            statement.setLong(2, each.unwritten.counts.held());
            statement.setLong(3, seen);
            statement.setLong(4, seen);
            statement.setLong(5, seen);
            statement.setLong(6, each.episode);
            statement.addBatch();
        }
        statement.executeBatch();
    }

    /** What is to be added to the row of which episode. */
    record Counted(long episode, Unwritten unwritten) {}

    /** All that are open, of flows in a list of SQL literals. */
    static List<Row> open(SqlStore store, String flows, int limit) {
        String sql = SELECT + " where is_open = 1 and flow in (" + flows + ") limit ?";
        return store.query(connection -> Rows.list(connection, sql, EpisodeRows::row, limit));
    }

    /** The open episode of a key. */
    static Optional<Row> find(SqlStore store, Key key) {
        return store.query(connection -> Rows.list(connection, OPEN_OF_KEY, EpisodeRows::row, key.text())).stream()
                .findFirst();
    }

    /** Keys of a zone whose episodes have seemed over since {@code time} or longer. */
    static List<Key> safe(SqlStore store, String flow, String zone, long time, int limit) {
        return keys(store, SAFE, flow, zone, time, limit);
    }

    /** Keys of a zone whose episodes were not seen after {@code time}. */
    static List<Key> unseen(SqlStore store, String flow, String zone, long time, int limit) {
        return keys(store, UNSEEN, flow, zone, time, limit);
    }

    private static List<Key> keys(SqlStore store, String sql, Object... values) {
        return store.query(
                connection -> Rows.list(connection, sql, row -> Key.parse(row.getString("key_text")), values));
    }

    /** The newest first. */
    static List<Row> list(SqlStore store, Episodes.Filter filter, int limit) {
        Where where = where(filter, store.dialect());
        return store.query(connection -> Rows.list(connection, sql(where), EpisodeRows::row, where.valuesAnd(limit)));
    }

    static String sql(Where where) {
        return SELECT + where.text() + " order by id desc limit ?";
    }

    /** The plus takes an index out of the choice: a subject has far fewer episodes than its flow. */
    static Where where(Episodes.Filter filter, Dialect dialect) {
        Where where = new Where();
        String other = filter.subject().isPresent() ? Phrases.aside(dialect) : "";
        filter.subject().ifPresent(subject -> where.and("subject = ?", subject));
        filter.flow().ifPresent(flow -> where.and(other + "flow = ?", flow));
        filter.open().ifPresent(open -> where.and("coalesce(is_open, 0) = ?", open ? 1 : 0));
        filter.before().ifPresent(before -> where.and(other + "id < ?", before));
        return where;
    }

    private static @Nullable Double value(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static Row row(ResultSet row) throws SQLException {
        String ended = row.getString("ended");
        Episode.Times times = new Episode.Times(
                Micros.instant(row.getLong("opened_at")),
                Micros.instant(row.getLong("last_seen")),
                Rows.time(row, "notified_at"),
                Rows.time(row, "closed_at"));
        Episode episode = new Episode(
                row.getLong("id"),
                Key.parse(row.getString("key_text")),
                times,
                new Episode.Counts(row.getLong("checks"), row.getLong("held")),
                new Sighting(row.getDouble("level"), number(row, "required"), number(row, "mark")),
                ended.isEmpty() ? Episode.State.OPEN : Episode.State.valueOf(ended.toUpperCase(Locale.ROOT)));
        return new Row(episode, whole(row, "safe_since"), whole(row, "resolved_by"));
    }

    private static OptionalDouble number(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static Optional<Long> whole(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }
}
