package dev.sluice.sql;

import dev.sluice.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The one connection that writes to a file. Nobody else does, so what was committed last need not be read again. */
final class SqliteSession implements Session {
    private final Sqlite sqlite;
    private final Connection connection;
    private final Statements statements;
    private final KeyTable table;
    private final HotStates hot;
    private long fenceFloor;

    SqliteSession(Sqlite sqlite, Connection connection, int hotKeys) throws SQLException {
        this.sqlite = sqlite;
        this.connection = connection;
        this.statements = new Statements(connection);
        this.table = new KeyTable(statements);
        this.hot = new HotStates(hotKeys);
        this.fenceFloor = table.readFloor();
    }

    @Override
    public Dialect dialect() {
        return sqlite.dialect();
    }

    @Override
    public void begin(Collection<String> keys) throws SQLException {
        Sqlite.begin(connection);
    }

    /** None: nobody else writes. */
    @Override
    public Set<String> held(Collection<String> keys) {
        return Set.of();
    }

    @Override
    public long now() {
        return sqlite.now();
    }

    @Override
    public long fenceFloor() {
        return fenceFloor;
    }

    @Override
    public @Nullable State read(String key) throws SQLException {
        State state = hot.get(key);
        return state == null ? table.read(key) : state;
    }

    @Override
    public PreparedStatement prepare(String sql) throws SQLException {
        return statements.prepare(sql);
    }

    @Override
    public void lookAtAll(long now) throws SQLException {
        table.lookAtAll(now);
    }

    @Override
    public void probe() throws SQLException {
        table.probe();
    }

    @Override
    public void commit(Changes changes) throws SQLException {
        table.write(changes.slots());
        if (changes.fenceFloor() > fenceFloor) {
            table.writeFloor(changes.fenceFloor());
        }
        Sqlite.commit(connection);
        hot.committed(changes.slots());
        fenceFloor = changes.fenceFloor();
    }

    @Override
    public boolean rollback() {
        statements.drop();
        Sqlite.rollback(connection);
        hot.drop();
        return true;
    }

    /** Empties the log. What was answered is in it in any case; the next opening would carry it over. */
    @Override
    public void close() throws SQLException {
        try (Connection toClose = connection) {
            Sqlite.checkpoint(toClose);
        }
    }
}
