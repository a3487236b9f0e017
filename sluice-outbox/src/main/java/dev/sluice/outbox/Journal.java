package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one unit of work does to keys and books: every step of the outbox goes through here, so that none is missing in
 * the ledger or the books. {@link #close} ends it.
 */
final class Journal {
    private final UnitOfWork unit;
    private final Steps steps;
    private final BookKeeping books;
    private final Map<String, Books> moved = new TreeMap<>();
    private Steps.About about = Steps.About.NOTHING;

    Journal(UnitOfWork unit, Steps steps, BookKeeping books) {
        this.unit = unit;
        this.steps = steps;
        this.books = books;
    }

    /** What the next steps are about, for the ledger: a message. */
    Journal about(long message) {
        about = new Steps.About(message, false);
        return this;
    }

    UnitOfWork unit() {
        return unit;
    }

    /** The time by which keys go; that of rows is {@link UnitOfWork#now}. */
    long now() {
        return steps.now();
    }

    /** Whether steps are committed with the rows that follow from them. */
    boolean together() {
        return steps.together();
    }

    /** The state of a key as it is now. */
    Optional<State> read(Key key) throws SQLException {
        return steps.read(key);
    }

    /** What offers to a key gave that an earlier run of the work made, and that stand whatever this run does. */
    List<Outcome> offered(Key key) {
        return steps.offered(key);
    }

    /** As {@link #read}; an absent one if that cannot be known just now. */
    State glance(Key key, Rule rule) throws SQLException {
        return steps.glance(key, rule);
    }

    /** Applies an event whose outcome decides what follows, and records what it did. */
    Outcome step(Key key, Rule rule, Event event) throws SQLException {
        Steps.Taken taken = steps.ask(new Command(key, rule, event));
        Outcome outcome = taken.outcome();
        record(key, rule, event, outcome);
        if (outcome.elsewhere().isPresent()
                && outcome.answer() instanceof Answer.Passed
                && taken.event() instanceof Event.Offer offer) {
            // The store of keys was away, and counts it when it is back: no kill may lose that.
            follow(key, rule, Event.Report.passed(offer.id()));
        }
        return outcome;
    }

    /**
     * Applies an event that follows from what is written here; at the latest soon after that is committed.
     *
     * @return the outcome; empty if it is not known yet
     */
    Optional<Outcome> follow(Key key, Rule rule, Event event) throws SQLException {
        return follow(key, rule, event, about);
    }

    private Optional<Outcome> follow(Key key, Rule rule, Event event, Steps.About what) throws SQLException {
        Optional<Outcome> outcome = steps.follow(new Command(key, rule, event), what);
        if (outcome.isPresent()) {
            record(key, rule, event, outcome.get());
        }
        return outcome;
    }

    /** As {@link #follow}, for a key that has {@code known} now: the state that it has then, if nobody else moves it. */
    State follow(Key key, Rule rule, Event event, State known) throws SQLException {
        return follow(key, rule, event)
                .map(Outcome::state)
                .orElseGet(() -> Step.apply(known, rule, event, now()).state());
    }

    /** As {@link #follow(Key, Rule, Event, State)}; where the step is taken later, the message is prepared until then. */
    State followPrepared(long message, Key key, Rule rule, Event event, State known) throws SQLException {
        return follow(key, rule, event, new Steps.About(message, true))
                .map(Outcome::state)
                .orElseGet(() -> Step.apply(known, rule, event, now()).state());
    }

    /** Whether somebody tells the closed tally of this number already. */
    boolean isTold(Key key, long number) throws SQLException {
        return steps.isTold(key, number);
    }

    /**
     * A closed tally is told by what is written here.
     *
     * @return whether it is; false if somebody else tells it
     */
    boolean tell(Key key, Rule rule, Out tally) throws SQLException {
        return steps.takeTelling(key, tally.number())
                && follow(key, rule, new Event.Told(tally.number()))
                        .map(outcome -> outcome.effects().stream().anyMatch(Effect.Told.class::isInstance))
                        .orElse(true);
    }

    /** Something changed that the books do not count; whoever shows it is to look again. */
    void touch(Key key) {
        move(key, Books.EMPTY);
    }

    void move(Key key, Books by) {
        moved.merge(key.flow(), by, Books::plus);
    }

    void note(Key key, Ledger.Kind kind, String detail) throws SQLException {
        touch(key);
        Ledger.write(unit, key, kind, detail);
    }

    /** Hands the books over to the commit. */
    void close() {
        moved.forEach((flow, by) -> books.add(unit, flow, by));
    }

    /** A store beside the database books its steps itself. */
    private void record(Key key, Rule rule, Event event, Outcome outcome) throws SQLException {
        if (outcome.answer() instanceof Answer.Full) {
            return;
        }
        if (steps.together()) {
            move(key, outcome.books(event));
        }
        write(key, rule, event, outcome);
    }

    /** Writes what a step did into the ledger, and drops what nobody will be told of. */
    void write(Key key, Rule rule, Event event, Outcome outcome) throws SQLException {
        Optional<Note> late = Note.late(event, rule, outcome);
        if (late.isPresent()) {
            noteAbout(key, late.get().kind(), late.get().detail());
        }
        for (Effect effect : outcome.effects()) {
            Optional<Note> note = Note.of(effect);
            if (note.isPresent()) {
                noteAbout(key, note.get().kind(), note.get().detail());
            }
            if (effect instanceof Effect.Kept) {
                Samples.drop(unit, key, Long.MAX_VALUE);
                Entrusted.drop(unit, key, Long.MAX_VALUE);
            }
        }
    }

    /** As {@link #note}, with what the steps are about. */
    void noteAbout(Key key, Ledger.Kind kind, String detail) throws SQLException {
        note(key, kind, about.message() > 0 ? "message " + about.message() + ", " + detail : detail);
    }
}
