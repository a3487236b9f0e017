package dev.sluice.testbed;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A database server on the loopback address, with data that goes when it is closed, and with it at the latest when this
 * JVM ends. What disturbs it works only on a server that was started here, never on one named by the environment.
 */
public abstract sealed class SqlServer implements RealServer permits PostgresServer, MariaDbServer {
    private final Address address;
    private final Optional<Launch> process;
    private final String parameters;
    private final List<String> made = new ArrayList<>();
    private final Deque<Database> given = new ArrayDeque<>();

    /** A server at {@code address}, not started yet if it is our own. */
    SqlServer(Address address, Optional<Launch> process, String parameters) {
        this.address = address;
        this.process = process;
        this.parameters = parameters;
    }

    /** What a commit promises. */
    public enum Durability {
        /** A commit is on the disk when it is answered, as in production. */
        DISK,
        /** A commit is fast; it survives the end of the server but not that of the machine. */
        MEMORY
    }

    /** Makes an empty database. */
    public final synchronized Database fresh() {
        String name = "t" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        execute("CREATE DATABASE " + name);
        made.add(name);
        return database(name);
    }

    /**
     * Makes an empty database, or takes one that was {@linkplain #giveBack given back}: it has its tables still, which are
     * dear to make, and no rows.
     */
    public final synchronized Database lend() {
        Database free = given.poll();
        return free == null ? fresh() : free;
    }

    /**
     * Takes a database back that nobody is connected to any more, for the next one who asks.
     *
     * @param kept tables whose rows stay
     */
    public final synchronized void giveBack(Database used, Set<String> kept) {
        try (Connection connection = DriverManager.getConnection(used.jdbcUrl());
                Statement statement = connection.createStatement()) {
            List<String> tables = tables(connection);
            tables.removeAll(kept);
            for (String sql : empty(tables)) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot empty a database", e);
        }
        given.add(used);
    }

    private static List<String> tables(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet table = connection
                .getMetaData()
                .getTables(connection.getCatalog(), connection.getSchema(), null, new String[] {"TABLE"})) {
            while (table.next()) {
                names.add(table.getString("TABLE_NAME"));
            }
        }
        return names;
    }

    /** What empties tables, whichever refers to which. */
    abstract List<String> empty(List<String> tables);

    /** One that is there, by its name. */
    Database database(String name) {
        Address there = address.with(name);
        return new Database(there.url(), there.jdbcUrl(parameters));
    }

    /** Runs a statement as a user who may do anything that the tests' user may. */
    public final void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot execute " + sql, e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(address.jdbcUrl(parameters));
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private Launch process() {
        return process.orElseThrow(() -> new IllegalStateException(
                "the server that the environment names is not ours to disturb; start one for this test"));
    }

    /** The process that others are children of. */
    @Override
    public final long pid() {
        return process().pid();
    }

    /** The port that it listens on, or would. */
    @Override
    public final int port() {
        return address.port();
    }

    /** Freezes all its processes (SIGSTOP): connections stay, nothing answers. */
    @Override
    public final void pause() {
        process().pause();
    }

    /** Lets it go on after {@link #pause}. */
    @Override
    public final void resume() {
        process().resume();
    }

    /** Ends all its processes with SIGKILL; the data stay. */
    @Override
    public final void kill() {
        process().kill();
    }

    /** Ends it in order; the data stay. */
    @Override
    public final void stop() {
        process().stop();
    }

    /** Starts it again, however it ended, with the same data at the same port, and waits for it. */
    @Override
    public final void restart() {
        process().start(this::answers);
    }

    /** Ends the server and deletes its data; of one that the environment names, the databases that were made. */
    @Override
    public final synchronized void close() {
        if (process.isPresent()) {
            process.get().close();
        } else {
            made.forEach(name -> execute(drop(name)));
        }
    }

    abstract String drop(String name);

    /** Wraps what goes wrong before there is a server. */
    static IllegalStateException unmade(String server, IOException e) {
        return new IllegalStateException("cannot make " + server, e);
    }
}
