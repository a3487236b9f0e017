package dev.sluice.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What is done in one unit of work. Several works of different callers may share one commit; if one of them throws, only
 * its own steps and statements are undone.
 *
 * <p>It runs in the one thread that writes: while it runs nobody else's does, so it must not wait for anything, least of
 * all for the store. If the commit fails, the caller may hand it in again, so it must not act outside of its unit.
 *
 * @param <T> what it gives; handed out only after the commit
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
    /**
     * Does the work.
     *
     * @throws SQLException if a statement fails; the caller then gets a {@link dev.sluice.StoreException}
     */
    T run(UnitOfWork unit) throws SQLException;
}
