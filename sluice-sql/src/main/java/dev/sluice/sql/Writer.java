package dev.sluice.sql;

import dev.sluice.Step;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs works on the one connection that writes, many to a commit. In a shared database a transaction may have to be run
 * again, because another one was in its way or the connection was lost before the commit; works for keys that others hold
 * for long are put aside, and the rest commits without them. For one thread.
 */
final class Writer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int MOST_DOUBLINGS = 6;

    /** For how long a database that could not be reached is taken to be away, for those who waited meanwhile. */
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Database database;
    private final HeldUp heldUp;
    private final RandomGenerator random;
    private @Nullable Session session;
    private @Nullable Away away;
    private boolean failing;
    private long latest;

    /**
     * @param heldUp where works wait that have to
     * @param random how long a transaction that met another one rests before it is run again
     */
    Writer(Database database, HeldUp heldUp, RandomGenerator random) throws SQLException {
        this.database = database;
        this.heldUp = heldUp;
        this.random = random;
        this.session = database.open();
        this.latest = session.now();
    }

    /** The last attempt to open a session failed. */
    private record Away(long nanos, SQLException why) {}

    /**
     * Commits {@code works} together, as often as it takes while anybody waits for them. Does not throw.
     *
     * @return those of them that know their answer now; the others have to wait for a key
     */
    List<Pending<?>> commit(List<Pending<?>> works) {
        Attempt attempt = new Attempt(works);
        try {
            while (attempt.hasWorks() && !attempt.succeeds()) {
                attempt.pause();
            }
            attempt.end();
        } catch (SQLException e) {
            fail(attempt.works, database.explained(e));
        } catch (Throwable e) {
            fail(attempt.works, e);
        }
        attempt.settled.addAll(attempt.works);
        return attempt.settled;
    }

    /** Which of {@code keys} others hold now; none if the database does not say. Does not throw: all that writes hangs on it. */
    Set<String> held(Set<String> keys) {
        try {
            return session().held(keys);
        } catch (SQLException | RuntimeException e) {
            LOG.log(Level.DEBUG, "It is not known which keys are held", e);
            undo();
            return Set.of();
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
        private final List<Pending<?>> settled = new ArrayList<>();
        private final boolean shared = database.dialect().isShared();
        private Unit.Savepoints savepoints = shared ? Unit.Savepoints.NONE : Unit.Savepoints.EACH;
        private int times;
        private Optional<SQLException> why = Optional.empty();

        Attempt(List<Pending<?>> works) {
            this.works = works;
        }

        /** Puts those aside that nobody waits for any more, or that have to wait; false if no others are left. */
        boolean hasWorks() {
            works.removeIf(work -> {
                HeldUp.Turn turn = work.begin() ? heldUp.turn(work) : HeldUp.Turn.NEVER;
                if (turn == HeldUp.Turn.NEVER) {
                    settled.add(work);
                }
                return turn != HeldUp.Turn.NOW;
            });
            return !works.isEmpty();
        }

        /** False if it must be tried again. */
        boolean succeeds() throws SQLException {
            Session open = session();
            Set<String> keys = keys();
            try {
                List<Pending<?>> late = transact(open, keys);
                works.removeIf(work -> late.contains(work) && heldUp.turn(work) == HeldUp.Turn.LATER);
                why = Optional.empty();
                worked();
                return true;
            } catch (Unit.SpoiltException e) {
                savepoints = Unit.Savepoints.EACH;
                undo();
                times = 0;
                return false;
            } catch (SQLException e) {
                undo();
                why = Optional.of(e);
                Database.Fate fate = database.fate(e);
                if (fate == Database.Fate.FAILED) {
                    throw e;
                } else if (fate == Database.Fate.HELD) {
                    heldUp.hold(held(keys()));
                }
                works.forEach(work -> work.delayed(() -> database.explained(e)));
                return false;
            }
        }

        /** What is locked first, and in order; where nobody else writes, nothing is. */
        private Set<String> keys() {
            Set<String> keys = new HashSet<>();
            if (shared) {
                works.forEach(work -> work.addKeysTo(keys));
            }
            return keys;
        }

        /** Commits, and gives those works that turned out to have to wait. */
        private List<Pending<?>> transact(Session open, Set<String> keys) throws SQLException {
            open.begin(keys);
            long start = open.now();
            boolean setBack = latest - start > Step.JITTER;
            if (setBack) {
                open.lookAtAll(start);
            }
            Batch batch = new Batch(open, heldUp.keys());
            List<Pending<?>> late = new ArrayList<>(0);
            for (Pending<?> work : works) {
                if (!work.run(new Unit(batch, open.now(), savepoints), database)) {
                    late.add(work);
                }
            }
            if (failing) {
                // A commit without a change would succeed on a full disk, too.
                open.probe();
            }
            batch.commit();
            latest = setBack ? start : Math.max(latest, start);
            return late;
        }

        /** Lets the other one finish; not twice for the same time, or the two meet again. */
        void pause() {
            if (times > 0) {
                long most = FIRST_PAUSE_NANOS << Math.min(times, MOST_DOUBLINGS);
                LockSupport.parkNanos(random.nextLong(most));
            }
            times++;
        }

        /** Tells of a failure that outlasted the patience of all callers. */
        void end() {
            why.filter(it -> works.isEmpty() && database.fate(it) != Database.Fate.HELD)
                    .ifPresent(it -> fail(works, database.explained(it)));
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
