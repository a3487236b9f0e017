package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one unit of work does to keys and books: every step of the outbox goes through here, so that none is missing in
 * the ledger or the books. {@link #close} ends it.
 */
final class Journal {
    private final UnitOfWork unit;
    private final BookKeeping books;
    private final Map<String, Books> moved = new TreeMap<>();
    private String about = "";

    Journal(UnitOfWork unit, BookKeeping books) {
        this.unit = unit;
        this.books = books;
    }

    /** What the next steps are about, for the ledger: a message. */
    Journal about(long message) {
        about = "message " + message + ", ";
        return this;
    }

    UnitOfWork unit() {
        return unit;
    }

    /** Applies an event, and records what it did. */
    Outcome step(Key key, Rule rule, Event event) throws SQLException {
        Outcome outcome = unit.step(new Command(key, rule, event));
        if (outcome.answer() instanceof Answer.Full) {
            return outcome;
        }
        move(key, outcome.books(event));
        for (Effect effect : outcome.effects()) {
            record(key, effect);
        }
        return outcome;
    }

    /**
     * A closed tally goes out with a message: it stays owed until that message was delivered.
     *
     * @return what is owed
     */
    long tellWithMessage(Key key, Rule rule, long number) throws SQLException {
        long owed = 0;
        for (Effect effect : step(key, rule, new Event.Told(number)).effects()) {
            if (effect instanceof Effect.Told told && told.tally().number() == number) {
                owed += told.tally().held();
            }
        }
        move(key, Books.moved(Bucket.REPORTED, Bucket.OWED, owed));
        return owed;
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

    private void record(Key key, Effect effect) throws SQLException {
        Optional<Note> note = Note.of(effect);
        if (note.isPresent()) {
            note(key, note.get().kind(), about + note.get().detail());
        }
        if (effect instanceof Effect.Kept) {
            Samples.drop(unit, key, Long.MAX_VALUE);
            Entrusted.drop(unit, key, Long.MAX_VALUE);
        }
    }
}
