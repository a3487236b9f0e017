package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one unit of work does to keys and books: every step of the outbox goes through here, so that none is missing in
 * the ledger or the books. {@link #close} ends it.
 */
final class Journal {
    private final UnitOfWork unit;
    private final Map<String, Books> moved = new TreeMap<>();

    Journal(UnitOfWork unit) {
        this.unit = unit;
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

    void move(Key key, Books books) {
        moved.merge(key.flow(), books, Books::plus);
    }

    void note(Key key, Ledger.Kind kind, String detail) throws SQLException {
        Ledger.write(unit, key, kind, detail);
    }

    /** Hands the books over to the commit. */
    void close() {
        moved.forEach((flow, books) -> BookKeeping.add(unit, flow, books));
    }

    private void record(Key key, Effect effect) throws SQLException {
        if (effect instanceof Effect.Ended ended) {
            note(
                    key,
                    Ledger.Kind.SETTLE,
                    "claim " + ended.claim().fence() + " is " + ended.bucket().word());
        } else if (effect instanceof Effect.Lost lost) {
            String counted = lost.assumed() ? "assumed delivered" : "held";
            note(
                    key,
                    Ledger.Kind.LOST,
                    "claim " + lost.claim().fence() + " reached its deadline and counts as " + counted);
        } else if (effect instanceof Effect.Closed closed) {
            note(
                    key,
                    Ledger.Kind.TALLY,
                    "%d held from %s to %s, closed by %s"
                            .formatted(
                                    closed.tally().held(),
                                    Micros.instant(closed.tally().first()),
                                    Micros.instant(closed.tally().last()),
                                    closed.tally().cause()));
        } else if (effect instanceof Effect.Kept kept) {
            note(key, Ledger.Kind.TALLY, kept.held() + " held, and by the rule nobody is told");
            Samples.drop(unit, key, Long.MAX_VALUE);
        } else if (effect instanceof Effect.Armed armed) {
            note(key, Ledger.Kind.RESET, "armed again, by " + armed.cause());
        } else if (effect instanceof Effect.Reported reported) {
            note(
                    key,
                    Ledger.Kind.REPORT,
                    "%d delivered and %d held elsewhere".formatted(reported.done(), reported.held()));
        } else if (effect instanceof Effect.Overshoot over) {
            note(key, Ledger.Kind.OVERSHOOT, over.by() + " more went out than the rule allows");
        }
    }
}
