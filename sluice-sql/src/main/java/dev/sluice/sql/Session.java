package dev.sluice.sql;

import dev.sluice.State;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One connection that writes, with one transaction at a time. For one thread. */
interface Session extends AutoCloseable {
    Dialect dialect();

    /** Begins a transaction, and locks and reads {@code keys} if others can write, too. */
    void begin(Collection<String> keys) throws SQLException;

    /** Which of {@code keys} transactions of others hold now; waits for none, and leaves no transaction open. */
    Set<String> held(Collection<String> keys) throws SQLException;

    /** The clock of the store, in microseconds, not before the keys of {@link #begin} were locked. */
    long now();

    /** The highest fence of a key that was forgotten, as the transaction sees it. */
    long fenceFloor();

    /** The state of a key, which is locked from now on; null if there is none. Asked once for each key. */
    @Nullable
    State read(String key) throws SQLException;

    /** A statement that is kept; see {@link UnitOfWork#prepare}. */
    PreparedStatement prepare(String sql) throws SQLException;

    /** Makes every key due that would be due later: its times may be those of a clock that was set back since. */
    void lookAtAll(long now) throws SQLException;

    /** Changes a row, as only a store does that can still write. */
    void probe() throws SQLException;

    /** Writes what changed, and commits. */
    void commit(Changes changes) throws SQLException;

    /** Ends the transaction without it; does not throw. False if the session cannot be used any more. */
    boolean rollback();

    @Override
    void close() throws SQLException;
}
