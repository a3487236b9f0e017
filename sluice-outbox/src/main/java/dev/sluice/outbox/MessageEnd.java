package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Event;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import dev.sluice.Settled;
import dev.sluice.State;
import java.sql.SQLException;

/**
 * The one place where a pending message ends: its claim is settled, and its occurrence and what it tells move to the
 * bucket of the end.
 */
final class MessageEnd {
    private final Journal journal;
    private final Messages.Stored message;
    private final Rule rule;
    private final FlowPlan plan;
    private boolean settled = true;

    MessageEnd(Journal journal, Messages.Stored message, Rule rule, FlowPlan plan) {
        this.journal = journal;
        this.message = message;
        this.rule = rule;
        this.plan = plan;
    }

    /** A receiver took it over. */
    void delivered() throws SQLException {
        settle(new Event.Complete(number(), nonce()));
        end(MessageState.DELIVERED, Bucket.DELIVERED, Bucket.REPORTED);
    }

    /** A receiver took it over after it was dead, and its slot was free for another: counted above the limit. */
    void deliveredLate() throws SQLException {
        if (message.origin().counted() == Messages.Counted.CLAIM) {
            completeLate();
        } else if (message.origin().counted() == Messages.Counted.MESSAGE) {
            journal.move(message.key(), Books.moved(Bucket.DEAD, Bucket.DELIVERED, 1));
        }
        if (message.kind() != Message.Kind.RESOLVED) {
            journal.move(message.key(), Books.moved(Bucket.DEAD, Bucket.REPORTED, message.held()));
        }
        end(MessageState.DELIVERED);
    }

    /** What came back dead is reported, and comes in only once; what was lost is a late completion. */
    private void completeLate() throws SQLException {
        journal.about(message.id());
        if (isBack()) {
            journal.follow(message.key(), rule, Event.Report.passed(nonce()));
            journal.move(message.key(), Books.only(Bucket.IN, -1).with(Bucket.DEAD, -1));
        } else {
            journal.follow(message.key(), rule, new Event.Complete(number(), nonce()));
        }
    }

    /** Where the claim is still live, its release is on its way. */
    private boolean isBack() throws SQLException {
        State state = journal.read(message.key()).orElse(State.EMPTY);
        return state.live().stream().anyMatch(claim -> claim.fence() == number())
                || state.settled().stream()
                        .anyMatch(claim -> claim.fence() == number() && claim.end() == Settled.End.BACK);
    }

    /**
     * It may have arrived, and will not be sent again: its slot is used up. Under drop the claim is lost; under retry, which
     * would free it, it is completed.
     */
    void assumed() throws SQLException {
        if (rule.onLost() == OnLost.DROP) {
            settle(new Event.Extend(number(), nonce(), journal.now()));
        } else {
            settle(new Event.Complete(number(), nonce()));
            if (settled && message.origin().counted() == Messages.Counted.CLAIM) {
                journal.move(message.key(), Books.moved(Bucket.DELIVERED, Bucket.ASSUMED, 1));
            }
        }
        end(MessageState.ASSUMED, Bucket.ASSUMED, Bucket.ASSUMED);
    }

    /** All deliveries were given up. */
    void dead() throws SQLException {
        settle(new Event.Release(number(), nonce(), Event.Why.DEAD));
        end(MessageState.DEAD, Bucket.DEAD, Bucket.DEAD);
    }

    /** It is no longer wanted. */
    void withdrawn() throws SQLException {
        settle(new Event.Release(number(), nonce(), Event.Why.WITHDRAWN));
        end(MessageState.WITHDRAWN, Bucket.WITHDRAWN, Bucket.WITHDRAWN);
    }

    private void settle(Event event) throws SQLException {
        if (message.origin().counted() == Messages.Counted.CLAIM) {
            journal.about(message.id());
            settled = journal.follow(message.key(), rule, event)
                    .map(outcome -> outcome.answer() instanceof Answer.Ok)
                    .orElse(true);
        }
    }

    private void end(MessageState state, Bucket occurrence, Bucket told) throws SQLException {
        if (message.origin().counted() == Messages.Counted.MESSAGE) {
            journal.move(message.key(), Books.moved(Bucket.PENDING, occurrence, 1));
        }
        journal.move(message.key(), Books.moved(Bucket.OWED, told, message.owed()));
        end(state);
        note(state);
    }

    private void end(MessageState state) throws SQLException {
        Messages.end(journal.unit(), message.id(), state);
        if (message.kind().isOccurrence()) {
            WriteBackRows.note(journal.unit(), plan, message.id(), state);
        }
    }

    /** A claim that took the settle is in the ledger by itself. */
    private void note(MessageState state) throws SQLException {
        if (message.origin().counted() != Messages.Counted.CLAIM || !settled) {
            Ledger.Kind kind = state == MessageState.DEAD ? Ledger.Kind.DEAD : Ledger.Kind.SETTLE;
            String late = settled ? "" : "; its claim had ended before";
            journal.note(message.key(), kind, "message " + message.id() + " is " + state.word() + late);
        }
    }

    private long number() {
        return message.origin().number();
    }

    private long nonce() {
        return message.origin().nonce();
    }
}
