package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.State;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Steps and statements that commit together or not at all. Valid only inside the {@link Work} it was given to, and only
 * in its thread.
 */
public interface UnitOfWork {
    /** Applies one event to one key; the new state is written with the commit. */
    Outcome step(Command command) throws SQLException;

    /** The state of a key as this unit sees it; time is not advanced. */
    Optional<State> read(Key key) throws SQLException;

    /**
     * A statement of the unit's own connection, prepared once per connection and kept: its parameters must be set anew,
     * and it must not be closed.
     */
    PreparedStatement prepare(String sql) throws SQLException;

    /** The clock of the store, in microseconds; it stands still within one unit of work. */
    long now();
}
