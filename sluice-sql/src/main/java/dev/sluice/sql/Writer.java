package dev.sluice.sql;

import dev.sluice.Step;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs works on the one connection that writes, many to a commit. For one thread. */
final class Writer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());

    private final Database database;
    private final Session session;
    private boolean failing;
    private long latest;

    Writer(Database database) throws SQLException {
        this.database = database;
        this.session = database.open();
        this.latest = session.now();
    }

    /** Commits {@code works} together; afterwards each of them knows its answer. Does not throw. */
    void commit(List<Pending<?>> works) {
        try {
            transact(works);
        } catch (SQLException e) {
            fail(works, database.explained(e));
        } catch (Throwable e) {
            fail(works, e);
        }
    }

    private void transact(List<Pending<?>> works) throws SQLException {
        session.begin(database.dialect().isShared() ? keys(works) : Set.of());
        long start = session.now();
        boolean setBack = latest - start > Step.JITTER;
        if (setBack) {
            session.lookAtAll(start);
        }
        Batch batch = new Batch(session);
        for (Pending<?> work : works) {
            work.run(new Unit(batch, session.now()), database::explained);
        }
        if (failing) {
            // A commit without a change would succeed on a full disk, too.
            session.probe();
        }
        batch.commit();
        worked();
        latest = setBack ? start : Math.max(latest, start);
    }

    private static Set<String> keys(List<Pending<?>> works) {
        Set<String> keys = new HashSet<>();
        works.forEach(work -> work.keys().forEach(key -> keys.add(key.text())));
        return keys;
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
        session.rollback();
        for (Pending<?> work : works) {
            work.fail(why);
        }
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
