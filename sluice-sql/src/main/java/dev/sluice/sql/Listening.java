package dev.sluice.sql;

import dev.sluice.Key;
import dev.sluice.Store.Listener;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A connection to PostgreSQL that hears which keys other processes armed again, in a thread of its own. */
final class Listening implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listening.class.getName());

    /** How long it listens before it asks whether the connection still lives; also the pause before it tries again. */
    private static final int BEAT_MILLIS = 500;

    private final DataSource source;
    private final Listener listener;
    private volatile Optional<Connection> current = Optional.empty();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sluice-sql-listener");

    /** Listens when this returns, or could not the first time. */
    Listening(DataSource source, Listener listener) {
        this.source = source;
        this.listener = listener;
        thread.start();
        Interrupts.outlast(begun::await);
    }

    private void run() {
        while (closed.getCount() > 0) {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                current = Optional.of(connection);
                statement.execute("LISTEN " + PostgresSql.CHANNEL);
                begun.countDown();
                hear(connection, statement);
            } catch (SQLException e) {
                begun.countDown();
                LOG.log(Level.DEBUG, "Not listening", e);
                if (closed.getCount() > 0) {
                    listener.disconnected();
                }
            }
            pause();
        }
    }

    private void hear(Connection connection, Statement statement) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (closed.getCount() > 0) {
            // A connection that lies dead is noticed only when something is sent.
            statement.execute("SELECT 1");
            for (PGNotification told : postgres.getNotifications(BEAT_MILLIS)) {
                tell(told.getParameter());
            }
        }
    }

    private void tell(String hex) {
        try {
            listener.rearmed(Key.parse(Row.text(HexFormat.of().parseHex(hex))));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "Not a key: {0}", hex);
        }
    }

    private void pause() {
        try {
            closed.await(BEAT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "The connection that listens did not close", e);
        }
    }

    /** Takes one time-out of the connection if the server is away just now. */
    @Override
    public void close() {
        closed.countDown();
        current.ifPresent(Listening::abort);
        Interrupts.outlast(thread::join);
    }
}
