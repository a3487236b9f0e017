package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** How one unit of work reaches the keys: in its own transaction, or at a store beside it. */
interface Steps {
    /** The clock that keys go by, in microseconds. */
    long now();

    /** A step whose outcome decides how the work goes on. */
    Taken ask(Command command) throws SQLException;

    /** The event that was applied, with ids of its own if the work ran more than once; and what it gave. */
    record Taken(Event event, Outcome outcome) {}

    /** What offers to a key gave that an earlier run of the work made, and that stand whatever this run does. */
    List<Outcome> offered(Key key);

    /** The state of a key as it is now. */
    Optional<State> read(Key key) throws SQLException;

    /**
     * As {@link #read}, for no longer than the rule of the key says; that of an absent key if the store of keys does not
     * answer. For what can be taken back.
     */
    State glance(Key key, Rule rule) throws SQLException;

    /**
     * A step that follows from what the work writes, and can be repeated.
     *
     * @param about what it is about
     * @return the outcome; empty if it is taken once the work is committed
     */
    Optional<Outcome> follow(Command command, About about) throws SQLException;

    /** What a step is about: a message, 0 for none; and whether that is prepared, and waits for the step. */
    record About(long message, boolean prepared) {
        static final About NOTHING = new About(0, false);
    }

    /** Whether somebody took the right to tell the closed tally of this number before. */
    boolean isTold(Key key, long number) throws SQLException;

    /** Takes the right to tell the closed tally of this number; false if it was taken before. */
    boolean takeTelling(Key key, long number) throws SQLException;

    /** Whether steps and rows are one: then the database keeps the books of both, and no step is without its rows. */
    boolean together();
}
