package dev.sluice.sql;

import dev.sluice.Micros;
import dev.sluice.Step;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/** Runs works on the one connection that writes, many to a commit. For one thread. */
final class Writer {
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());

    private final Sqlite sqlite;
    private final Connection connection;
    private final InstantSource clock;
    private final Statements statements;
    private final KeyTable table;
    private final HotStates hot;
    private long fenceFloor;
    private boolean failing;
    private long latest;

    Writer(Sqlite sqlite, Connection connection, InstantSource clock, int hotKeys) throws SQLException {
        this.sqlite = sqlite;
        this.connection = connection;
        this.clock = clock;
        this.statements = new Statements(connection);
        this.table = new KeyTable(statements);
        this.hot = new HotStates(hotKeys);
        this.fenceFloor = table.readFloor();
        this.latest = now();
    }

    /** Commits {@code works} together; afterwards each of them knows its answer. Does not throw. */
    void commit(List<Pending<?>> works) {
        try {
            transact(works);
        } catch (SQLException e) {
            fail(works, sqlite.explained(e));
        } catch (Throwable e) {
            fail(works, e);
        }
    }

    private void transact(List<Pending<?>> works) throws SQLException {
        Sqlite.begin(connection);
        long start = now();
        boolean setBack = latest - start > Step.JITTER;
        if (setBack) {
            table.lookAtAll(start);
        }
        Batch batch = new Batch(statements, table, hot, fenceFloor);
        for (Pending<?> work : works) {
            work.run(new Unit(batch, now()), sqlite::explained);
        }
        batch.write(now());
        if (failing) {
            // A commit without a change would succeed on a full disk, too.
            table.probe();
        }
        Sqlite.commit(connection);
        worked();
        latest = setBack ? start : Math.max(latest, start);
        hot.committed(batch.slots());
        fenceFloor = batch.fenceFloor();
    }

    private void worked() {
        if (failing) {
            failing = false;
            LOG.log(Level.INFO, "The store can write again");
        }
    }

    private void fail(List<Pending<?>> works, Throwable why) {
        if (!failing) {
            failing = true;
            LOG.log(Level.WARNING, "The store cannot write: {0}", why.getMessage());
        }
        statements.drop();
        Sqlite.rollback(connection);
        hot.drop();
        for (Pending<?> work : works) {
            work.fail(why);
        }
    }

    private long now() {
        return Micros.of(clock.instant());
    }
}
