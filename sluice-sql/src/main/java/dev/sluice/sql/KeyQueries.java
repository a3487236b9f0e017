package dev.sluice.sql;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.State;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is asked of the table of keys without changing it. */
final class KeyQueries {
    static final String DUE = "SELECT key FROM sluice_key WHERE due_at <= ? ORDER BY due_at, key LIMIT ?";

    static final String NEXT_DUE = "SELECT min(due_at) FROM sluice_key WHERE due_at IS NOT NULL";

    static final String RANGE = "SELECT key FROM sluice_key WHERE key > ? AND key < ? ORDER BY key LIMIT ?";

    static final String STATES = "SELECT key, state FROM sluice_key WHERE key > ? AND key < ? ORDER BY key LIMIT ?";

    static final String PAGE = "SELECT key, state FROM sluice_key WHERE key > ? ORDER BY key LIMIT ?";

    static final String COUNT = "SELECT count(*) FROM sluice_key WHERE key >= ? AND key < ?";

    private static final Pattern KEY = Pattern.compile("\\bkey\\b");

    private static final String READ = "SELECT state FROM sluice_key WHERE key = ?";

    private final Dialect dialect;

    KeyQueries(Dialect dialect) {
        this.dialect = dialect;
    }

    /** In MariaDB {@code key} is a word of the language. */
    private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(
                dialect == Dialect.MARIADB ? KEY.matcher(sql).replaceAll("`key`") : sql);
    }

    private void bind(PreparedStatement query, int at, String key) throws SQLException {
        if (dialect.isShared()) {
            query.setBytes(at, Row.bytes(key));
        } else {
            query.setString(at, key);
        }
    }

    private String key(ResultSet row) throws SQLException {
        return dialect.isShared() ? Row.text(row.getBytes(1)) : row.getString(1);
    }

    Optional<State> read(Connection connection, Key key) throws SQLException {
        try (PreparedStatement read = prepare(connection, READ)) {
            bind(read, 1, key.text());
            try (ResultSet row = read.executeQuery()) {
                return row.next() ? Optional.of(KeyTable.decode(key.text(), row.getBytes(1))) : Optional.empty();
            }
        }
    }

    List<Key> due(Connection connection, long now, int limit) throws SQLException {
        try (PreparedStatement due = prepare(connection, DUE)) {
            due.setLong(1, now);
            due.setInt(2, limit);
            return keys(due);
        }
    }

    long nextDue(Connection connection) throws SQLException {
        try (PreparedStatement next = prepare(connection, NEXT_DUE);
                ResultSet row = next.executeQuery()) {
            long soonest = row.next() ? row.getLong(1) : 0;
            return row.wasNull() ? Micros.FOREVER : soonest;
        }
    }

    /** The flow itself comes before its variants, because ':' sorts before '~'; other flows may lie between. */
    List<Key> keys(Connection connection, String flow, Optional<Key> after, int limit) throws SQLException {
        String behind = after.map(Key::text).orElse("");
        List<Key> keys = new ArrayList<>(keys(connection, new Range(behind, flow + ':'), limit));
        if (keys.size() < limit) {
            keys.addAll(keys(connection, new Range(behind, flow + '~'), limit - keys.size()));
        }
        return keys;
    }

    /** How many keys a flow has, all variants. Goes over all of them. */
    long count(Connection connection, String flow) throws SQLException {
        return inRange(connection, flow + ':') + inRange(connection, flow + '~');
    }

    private long inRange(Connection connection, String prefix) throws SQLException {
        try (PreparedStatement count = prepare(connection, COUNT)) {
            bind(count, 1, prefix);
            bind(count, 2, end(prefix));
            try (ResultSet row = count.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** The first text behind all that begin with the prefix. */
    private static String end(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    private List<Key> keys(Connection connection, Range range, int limit) throws SQLException {
        try (PreparedStatement query = prepare(connection, RANGE)) {
            bind(query, range, limit);
            return keys(query);
        }
    }

    /** As {@link #keys}, with the states. */
    List<Stored> states(Connection connection, String flow, Optional<Key> after, int limit) throws SQLException {
        String behind = after.map(Key::text).orElse("");
        List<Stored> states = new ArrayList<>(states(connection, new Range(behind, flow + ':'), limit));
        if (states.size() < limit) {
            states.addAll(states(connection, new Range(behind, flow + '~'), limit - states.size()));
        }
        return states;
    }

    private List<Stored> states(Connection connection, Range range, int limit) throws SQLException {
        try (PreparedStatement query = prepare(connection, STATES)) {
            bind(query, range, limit);
            return stored(query);
        }
    }

    /** The keys that begin with {@code prefix} and stand behind {@code behind}. */
    private record Range(String behind, String prefix) {
        /** Behind which key of those that begin with the prefix. */
        String start() {
            return Arrays.compareUnsigned(Row.bytes(behind), Row.bytes(prefix)) > 0 ? behind : prefix;
        }
    }

    private void bind(PreparedStatement query, Range range, int limit) throws SQLException {
        bind(query, 1, range.start());
        bind(query, 2, end(range.prefix()));
        query.setInt(3, limit);
    }

    private List<Key> keys(PreparedStatement query) throws SQLException {
        List<Key> keys = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                keys.add(Key.parse(key(row)));
            }
        }
        return keys;
    }

    /** The keys behind {@code behind} with their states, in the order of the table. */
    List<Stored> page(Connection connection, String behind, int limit) throws SQLException {
        try (PreparedStatement page = prepare(connection, PAGE)) {
            bind(page, 1, behind);
            page.setInt(2, limit);
            return stored(page);
        }
    }

    private List<Stored> stored(PreparedStatement query) throws SQLException {
        List<Stored> found = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                found.add(new Stored(key(row), row.getBytes(2)));
            }
        }
        return found;
    }

    /** A row as it lies there, damaged or not. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Stored(String key, byte[] packed) {
        /** @throws StoreException if it cannot be read */
        State state() {
            return KeyTable.decode(key, packed);
        }
    }
}
