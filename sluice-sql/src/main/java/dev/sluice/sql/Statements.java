package dev.sluice.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The prepared statements of one connection, kept for the next use. For one thread. */
final class Statements {
    /** How many are kept; beyond that the one that was not used for the longest time is closed. */
    static final int MOST = 256;

    private static final float LOAD = 0.75f;

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(16, LOAD, true);

    Statements(Connection connection) {
        this.connection = connection;
    }

    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement known = prepared.get(sql);
        if (known != null && !known.isClosed()) {
            return known;
        }
        if (prepared.size() >= MOST) {
            closeOldest();
        }
        PreparedStatement fresh = connection.prepareStatement(sql);
        prepared.put(sql, fresh);
        return fresh;
    }

    /** Closes them all. After a transaction that failed none can be trusted to have let go of it. */
    void drop() {
        for (PreparedStatement each : prepared.values()) {
            try {
                each.close();
            } catch (SQLException e) {
                // The driver tells once more what the statement had failed with; it is closed all the same.
            }
        }
        prepared.clear();
    }

    private void closeOldest() throws SQLException {
        Iterator<PreparedStatement> oldest = prepared.values().iterator();
        oldest.next().close();
        oldest.remove();
    }
}
