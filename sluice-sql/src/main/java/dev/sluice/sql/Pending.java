package dev.sluice.sql;

import dev.sluice.Key;
import dev.sluice.StoreException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A work that waits for its commit, and the future that its caller holds. For the thread that writes; another one may end
 * it early.
 */
final class Pending<T extends @Nullable Object> {
    private final Collection<Key> keys;
    private final Work<T> work;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final long born = System.nanoTime();
    private Set<String> learned = Set.of();
    private List<String> stepped = List.of();
    private @Nullable Runnable answer;
    private boolean failed;
    private Phase phase = Phase.WAITING;
    private Optional<Supplier<StoreException>> delay = Optional.empty();

    /** How far a work has come, as far as its caller cares. */
    private enum Phase {
        /** Nothing of it has happened. */
        WAITING,
        /** It may have happened. */
        BEGUN,
        /** Its caller waits no longer; it must not be run any more. */
        OVER
    }

    /** @param keys what the work is known to step */
    Pending(Collection<Key> keys, Work<T> work) {
        this.keys = keys;
        this.work = work;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /** Adds the keys that it is known to step: those that were declared, and those that it stepped when it last ran. */
    void addKeysTo(Set<String> all) {
        keys.forEach(key -> all.add(key.text()));
        all.addAll(learned);
        all.addAll(stepped);
    }

    /** Which of {@code held} it is known to step. */
    Optional<String> firstOf(Set<String> held) {
        if (held.isEmpty()) {
            return Optional.empty();
        }
        Set<String> all = new HashSet<>();
        addKeysTo(all);
        return held.stream().filter(all::contains).findFirst();
    }

    /** Whether it may be run, or run again; not if its caller waits no longer. */
    synchronized boolean begin() {
        answer = null;
        failed = false;
        if (phase == Phase.OVER) {
            return false;
        }
        phase = Phase.BEGUN;
        return true;
    }

    /** What its caller is told if it takes too long from here on. */
    synchronized void delayed(Supplier<StoreException> why) {
        delay = Optional.of(why);
    }

    /** Whether it was handed in longer than {@code nanos} ago. */
    boolean isOlderThan(long nanos, long now) {
        return now - born > nanos;
    }

    /**
     * Keeps it from being run again, because its caller has waited long enough.
     *
     * @param database who did not answer
     * @return tells the caller
     */
    synchronized Runnable end(String database) {
        StoreException why = delay.map(Supplier::get)
                .orElseGet(() -> new StoreException(
                        phase == Phase.WAITING
                                ? database
                                        + " did not come to this in time, and nothing of it happened; call again later"
                                : database + " did not answer in time; what was asked may have happened or not"));
        phase = Phase.OVER;
        return () -> future.completeExceptionally(why);
    }

    /**
     * Runs the work.
     *
     * @return false if it has to wait for a key that somebody else holds; nothing of it then stays
     * @throws SQLException if the transaction as a whole is broken; what the work itself throws is kept for its caller
     */
    boolean run(Unit unit, Database database) throws SQLException {
        if (!stepped.isEmpty()) {
            learned = new HashSet<>(learned);
            learned.addAll(stepped);
        }
        stepped = unit.keys();
        T result;
        try {
            result = work.run(unit);
        } catch (Batch.HeldKeyException e) {
            undo(unit, new SQLException("a work that has to wait could not be taken back alone", e));
            return false;
        } catch (SQLException e) {
            if (database.fate(e) != Database.Fate.FAILED) {
                throw e;
            }
            undo(unit, e);
            fail(database.explained(e));
            return true;
        } catch (Throwable e) {
            undo(unit, new SQLException("a work failed, and could not be taken back alone", e));
            fail(e);
            return true;
        }
        unit.keep();
        answer = () -> future.complete(result);
        return true;
    }

    /** Takes the work back; where SQLite has taken back the whole transaction already, the reason is that of the work. */
    private static void undo(Unit unit, SQLException why) throws SQLException {
        try {
            unit.undo();
        } catch (SQLException e) {
            why.addSuppressed(e);
            throw why;
        }
    }

    /** The commit of the work failed; a work that failed by itself keeps its own reason. */
    void fail(Throwable why) {
        if (!failed) {
            failed = true;
            answer = () -> future.completeExceptionally(why);
        }
    }

    private synchronized boolean isOver() {
        return phase == Phase.OVER;
    }

    /** Whether the caller has been told. */
    boolean isAnswered() {
        return future.isDone();
    }

    /** Tells the caller, unless he waits no longer; whatever hangs on the future runs here. */
    void answer() {
        if (answer != null) {
            answer.run();
        } else if (!isOver()) {
            throw new IllegalStateException("a work was neither run nor failed");
        }
    }
}
