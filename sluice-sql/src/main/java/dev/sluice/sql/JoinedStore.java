package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides in a transaction of the caller's own. One statement to a round trip: the connection is not ours to set up. */
final class JoinedStore implements Store {
    /** How often a key may be made and deleted by others between two looks before that is taken as a fault. */
    private static final int MOST_LOOKS = 10;

    private final Connection connection;
    private final SharedSql sql;
    private final KeyQueries queries;
    private final Database database;

    JoinedStore(Connection connection, SharedSql sql, Database database) {
        this.connection = connection;
        this.sql = sql;
        this.queries = new KeyQueries(sql.dialect());
        this.database = database;
    }

    /** @throws IllegalStateException if the connection is not in a transaction that decisions can be part of */
    void requireTransaction() throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException("the connection commits every statement by itself; setAutoCommit(false)");
        }
        if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
            throw new IllegalStateException("the transaction would see keys as they were when it began; use"
                    + " setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED)");
        }
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return stage(() -> step(command));
    }

    private Outcome step(Command command) throws SQLException {
        Key key = command.key();
        for (int look = 0; look < MOST_LOOKS; look++) {
            State state = locked(key);
            Time time = time();
            State before = state == null ? State.absent(time.fenceFloor()) : state;
            Outcome outcome = Step.apply(before, command.rule(), command.event(), time.now());
            if (state == null && !command.event().brings()) {
                return new Outcome(before, outcome.state(), outcome.answer(), List.of());
            }
            Row row = Row.of(key.text(), outcome.state(), command.rule());
            boolean written = changed(state == null ? sql.insertIfAbsent(row) : sql.update(List.of(row))) > 0;
            if (written || state != null) {
                tell(key, outcome);
                return outcome;
            }
            // Somebody made the key since we looked; now it is there to be locked.
        }
        throw new SQLException(key + " is made and deleted again and again by others");
    }

    private @Nullable State locked(Key key) throws SQLException {
        try (PreparedStatement lock = prepared(sql.lock(List.of(Row.bytes(key.text()))));
                ResultSet row = lock.executeQuery()) {
            return row.next() ? KeyTable.decode(key.text(), row.getBytes(2)) : null;
        }
    }

    private record Time(long now, long fenceFloor) {}

    private Time time() throws SQLException {
        try (PreparedStatement look = connection.prepareStatement(sql.look());
                ResultSet row = look.executeQuery()) {
            if (!row.next()) {
                throw new StoreException("the fence floor is missing from the database; it is damaged");
            }
            return new Time(database.now(row.getLong(1)), row.getLong(2));
        }
    }

    private int changed(Part part) throws SQLException {
        try (PreparedStatement statement = prepared(part)) {
            return statement.executeUpdate();
        }
    }

    private void tell(Key key, Outcome outcome) throws SQLException {
        if (outcome.effects().stream().anyMatch(Effect.Armed.class::isInstance)) {
            for (Part part : sql.tell(List.of(Row.bytes(key.text())))) {
                try (PreparedStatement statement = prepared(part)) {
                    statement.execute();
                }
            }
        }
    }

    private PreparedStatement prepared(Part part) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(part.sql());
        part.values().set(statement, 1);
        return statement;
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return stage(() -> queries.read(connection, key));
    }

    /** Nothing: the store that this one came from looks after what is due. */
    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return CompletableFuture.completedStage(Micros.FOREVER);
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return stage(() -> queries.keys(connection, flow, after, limit));
    }

    /** Nothing, as with {@link #due}. */
    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return CompletableFuture.completedStage(List.of());
    }

    @Override
    public long now() {
        return database.now();
    }

    /** Does nothing: connection and transaction are the caller's. */
    @Override
    public void close() {}

    private <T> CompletionStage<T> stage(SqlSupplier<T> what) {
        try {
            return CompletableFuture.completedStage(what.get());
        } catch (SQLException e) {
            return CompletableFuture.failedStage(explained(e));
        } catch (StoreException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private StoreException explained(SQLException e) {
        Database.Fate fate = database.fate(e);
        return fate == Database.Fate.AGAIN || fate == Database.Fate.HELD
                ? new StoreException("another transaction is in the way; roll this one back and run it again", e)
                : database.explained(e);
    }

    @FunctionalInterface
    private interface SqlSupplier<T> {
        T get() throws SQLException;
    }
}
