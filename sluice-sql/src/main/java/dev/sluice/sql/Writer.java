package dev.sluice.sql;

import dev.sluice.Step;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs works on the one connection that writes, many to a commit. In a shared database a transaction may have to be run
 * again, because another one was in its way or the connection was lost before the commit. For one thread.
 */
final class Writer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int MOST_DOUBLINGS = 6;

    /** For how long a database that could not be reached is taken to be away, for those who waited meanwhile. */
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Database database;
    private final long patienceNanos;
    private @Nullable Session session;
    private @Nullable Away away;
    private boolean failing;
    private long latest;

    /** Tries to commit for {@code patience}, and for one time-out of the database at most behind that. */
    Writer(Database database, Duration patience) throws SQLException {
        this.database = database;
        this.patienceNanos = patience.toNanos();
        this.session = database.open();
        this.latest = session.now();
    }

    /** The last attempt to open a session failed. */
    private record Away(long nanos, SQLException why) {}

    /** Commits {@code works} together; afterwards each of them knows its answer. Does not throw. */
    void commit(List<Pending<?>> works) {
        long start = System.nanoTime();
        Attempt attempt = new Attempt(works);
        try {
            while (!attempt.succeeds()) {
                attempt.pause();
                if (System.nanoTime() - start > patienceNanos) {
                    throw attempt.why;
                }
            }
            worked();
        } catch (SQLException e) {
            fail(works, database.explained(e));
        } catch (Throwable e) {
            fail(works, e);
        }
    }

    private Session session() throws SQLException {
        if (session != null) {
            return session;
        }
        if (away != null && System.nanoTime() - away.nanos < AWAY_NANOS) {
            throw away.why;
        }
        try {
            away = null;
            Session opened = database.open();
            session = opened;
            return opened;
        } catch (SQLException e) {
            away = new Away(System.nanoTime(), e);
            throw e;
        }
    }

    /** One batch, which may need several transactions. */
    private final class Attempt {
        private final List<Pending<?>> works;
        private final Set<String> keys = new HashSet<>();
        private final boolean shared = database.dialect().isShared();
        private Unit.Savepoints savepoints = shared ? Unit.Savepoints.NONE : Unit.Savepoints.EACH;
        private int times;
        private SQLException why = new SQLException("not tried");

        Attempt(List<Pending<?>> works) {
            this.works = works;
            if (shared) {
                works.forEach(work -> work.keys().forEach(key -> keys.add(key.text())));
            }
        }

        /** False if it must be tried again. */
        boolean succeeds() throws SQLException {
            Session open = session();
            try {
                transact(open);
                return true;
            } catch (Unit.SpoiltException e) {
                savepoints = Unit.Savepoints.EACH;
                undo();
                times = 0;
                return false;
            } catch (SQLException e) {
                undo();
                why = e;
                if (database.fate(e) == Database.Fate.FAILED) {
                    throw e;
                }
                return false;
            }
        }

        private void transact(Session open) throws SQLException {
            open.begin(keys);
            long start = open.now();
            boolean setBack = latest - start > Step.JITTER;
            if (setBack) {
                open.lookAtAll(start);
            }
            Batch batch = new Batch(open);
            try {
                for (Pending<?> work : works) {
                    work.run(new Unit(batch, open.now(), savepoints), database);
                }
                if (failing) {
                    // A commit without a change would succeed on a full disk, too.
                    open.probe();
                }
                batch.commit();
            } finally {
                if (shared) {
                    // Next time they are locked in order, with the others.
                    keys.addAll(batch.keys());
                }
            }
            latest = setBack ? start : Math.max(latest, start);
        }

        /** Lets the other one finish; not twice for the same time, or the two meet again. */
        void pause() {
            if (times > 0) {
                long most = FIRST_PAUSE_NANOS << Math.min(times, MOST_DOUBLINGS);
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
            }
            times++;
        }
    }

    private void undo() {
        if (session != null && !session.rollback()) {
            drop(session);
        }
    }

    private void drop(Session broken) {
        session = null;
        try {
            broken.close();
        } catch (SQLException e) {
            // It is gone in any case.
        }
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
        undo();
        for (Pending<?> work : works) {
            work.fail(why);
        }
    }

    @Override
    public void close() throws SQLException {
        if (session != null) {
            session.close();
        }
    }
}
