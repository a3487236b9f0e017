package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Steps and statements that commit together or not at all. Valid only inside the {@link Work} it was given to, and only
 * in its thread; used later it throws {@link IllegalStateException}.
 */
public interface UnitOfWork {
    /** Applies one event to one key; the new state is written with the commit. */
    Outcome step(Command command) throws SQLException;

    /** The state of a key as this unit sees it; time is not advanced. */
    Optional<State> read(Key key) throws SQLException;

    /**
     * Deletes the state of a key, if nobody could ever observe that.
     *
     * @param rule the rule at hand
     * @return what that moved; empty if the key must stay, or is not there
     */
    Optional<Outcome> forget(Key key, Rule rule) throws SQLException;

    /**
     * A statement of the unit's own connection, prepared once per connection and kept: its parameters must be set anew,
     * its result sets closed, and it must not be closed itself. The text should be a constant: the store keeps the
     * {@value Statements#MOST} texts used last. A statement that wants the keys it made says RETURNING.
     */
    PreparedStatement prepare(String sql) throws SQLException;

    /**
     * Adds to what the works of one commit gather, to be written once however many they are: all works of the commit
     * that name {@code kind} add to the same object. The addition is made when the work has ended well, and not at all
     * if it throws.
     *
     * @param fresh makes the first one of a commit
     */
    <G extends Gathered> void gather(Class<G> kind, Supplier<G> fresh, Consumer<G> addition);

    /** Written once, after the last work of a commit and in the same transaction. */
    interface Gathered {
        /** Writes what was gathered; a failure fails the whole commit. */
        void write(UnitOfWork unit) throws SQLException;
    }

    /** Which database the statements are for. */
    Dialect dialect();

    /** The clock of the store, in microseconds; it stands still within one unit of work. */
    long now();
}
