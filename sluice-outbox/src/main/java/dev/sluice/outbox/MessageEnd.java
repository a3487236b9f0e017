package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Event;
import dev.sluice.Rule;
import java.sql.SQLException;

/**
 * The one place where a pending message ends: its claim is settled, and its occurrence and what it tells move to the
 * bucket of the end.
 */
final class MessageEnd {
    private final Journal journal;
    private final Messages.Stored message;
    private final Rule rule;

    MessageEnd(Journal journal, Messages.Stored message, Rule rule) {
        this.journal = journal;
        this.message = message;
        this.rule = rule;
    }

    /** A receiver took it over. */
    void delivered() throws SQLException {
        settle(new Event.Complete(number(), nonce()));
        end(MessageState.DELIVERED, Bucket.DELIVERED, Bucket.REPORTED);
        journal.note(message.key(), Ledger.Kind.SETTLE, "message " + message.id() + " is delivered");
    }

    /** It may have arrived, and will not be sent again: the claim ends as one that is lost under drop. */
    void assumed() throws SQLException {
        settle(new Event.Extend(number(), nonce(), journal.unit().now()));
        end(MessageState.ASSUMED, Bucket.ASSUMED, Bucket.ASSUMED);
        journal.note(message.key(), Ledger.Kind.SETTLE, "message " + message.id() + " is assumed delivered");
    }

    /** All deliveries were given up. */
    void dead() throws SQLException {
        settle(new Event.Release(number(), nonce(), Event.Why.DEAD));
        end(MessageState.DEAD, Bucket.DEAD, Bucket.DEAD);
        journal.note(message.key(), Ledger.Kind.DEAD, "message " + message.id() + " is dead");
    }

    /** It is no longer wanted. */
    void withdrawn() throws SQLException {
        settle(new Event.Release(number(), nonce(), Event.Why.WITHDRAWN));
        end(MessageState.WITHDRAWN, Bucket.WITHDRAWN, Bucket.WITHDRAWN);
    }

    private void settle(Event event) throws SQLException {
        if (message.origin().counted() != Messages.Counted.CLAIM) {
            return;
        }
        Answer answer = journal.step(message.key(), rule, event).answer();
        if (answer instanceof Answer.Stale) {
            journal.note(
                    message.key(),
                    Ledger.Kind.SETTLE,
                    "the claim of message " + message.id() + " had ended before the message did");
        }
    }

    private void end(MessageState state, Bucket occurrence, Bucket told) throws SQLException {
        if (message.origin().counted() == Messages.Counted.MESSAGE) {
            journal.move(message.key(), Books.moved(Bucket.PENDING, occurrence, 1));
        }
        journal.move(message.key(), Books.moved(Bucket.OWED, told, message.owed()));
        Messages.end(journal.unit(), message.id(), state);
    }

    private long number() {
        return message.origin().number();
    }

    private long nonce() {
        return message.origin().nonce();
    }
}
