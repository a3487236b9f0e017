package dev.sluice.sql;

import dev.sluice.Key;
import java.sql.SQLException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A work that waits for its commit, and the future that its caller holds. */
final class Pending<T extends @Nullable Object> {
    private final Collection<Key> keys;
    private final Work<T> work;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private @Nullable Runnable answer;
    private boolean failed;

    /** @param keys what the work is known to step */
    Pending(Collection<Key> keys, Work<T> work) {
        this.keys = keys;
        this.work = work;
    }

    Collection<Key> keys() {
        return keys;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /**
     * Runs the work.
     *
     * @throws SQLException if the transaction as a whole is broken; what the work itself throws is kept for its caller
     */
    void run(Unit unit, Database database) throws SQLException {
        failed = false;
        T result;
        try {
            result = work.run(unit);
        } catch (SQLException e) {
            if (database.fate(e) != Database.Fate.FAILED) {
                throw e;
            }
            undo(unit, e);
            fail(database.explained(e));
            return;
        } catch (Throwable e) {
            undo(unit, new SQLException("a work failed, and could not be taken back alone", e));
            fail(e);
            return;
        }
        unit.keep();
        answer = () -> future.complete(result);
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

    /** Tells the caller; whatever hangs on the future runs here. */
    void answer() {
        if (answer == null) {
            throw new IllegalStateException("a work was neither run nor failed");
        }
        answer.run();
    }
}
