package dev.sluice.sql;

import java.sql.SQLException;

/**
 * What is done in one unit of work. Several works of different callers may share one commit; if one of them throws, only
 * its own steps and statements are undone. May be run again after a failed commit, so it must not act outside.
 *
 * @param <T> what it gives; handed out only after the commit
 */
@FunctionalInterface
public interface Work<T> {
    /** Does the work. */
    T run(UnitOfWork unit) throws SQLException;
}
