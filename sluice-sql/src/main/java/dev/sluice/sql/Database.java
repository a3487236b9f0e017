package dev.sluice.sql;

import com.zaxxer.hikari.HikariConfig;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One database as a store uses it: how it is opened, and what its errors mean. Safe for use by many threads. */
interface Database extends AutoCloseable {
    Dialect dialect();

    /** Brings the tables of a component to their newest version, on a connection of its own. */
    void install(Schema schema) throws SQLException;

    /** Opens a connection that writes. */
    Session open() throws SQLException;

    /** Makes connections that only read. */
    DataSource readers();

    /** Says how a pool makes connections that write, at most {@code most} of them. */
    void writers(HikariConfig pool, int most);

    /** What {@code e} means to an operator. */
    StoreException explained(SQLException e);

    /** What {@code e}, thrown before a commit was asked for, means for the transaction it came from. */
    Fate fate(SQLException e);

    /** The time to use, after the server said that its clock is at {@code server}; both in microseconds. */
    long now(long server);

    /** Tells of what others do, until the database is closed; asked once. */
    void listen(Store.Listener listener);

    /**
     * A store on a connection of the caller's.
     *
     * @throws IllegalStateException if decisions cannot be part of its transaction
     */
    Store joined(Connection connection) throws SQLException;

    /** The time that is known without asking, in microseconds. */
    long now();

    /** Gives up the right to use the database, and ends what listens. */
    @Override
    void close();

    /** What has become of a transaction. */
    enum Fate {
        /** It did not happen, and would fail again. */
        FAILED,
        /** It did not happen because of another one, and can be run again. */
        AGAIN,
        /** It did not happen because another one has held a lock for some time; it can be run again. */
        HELD,
        /** It did not happen because the connection is gone; it can be run again on another one. */
        CUT
    }
}
