package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Claim;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalDouble;

/** What callers do with their claims, and resets: each in one unit of work. */
final class Claims {
    private final Plans plans;
    private final Deliveries deliveries;
    private final BookKeeping books;

    Claims(Plans plans, Deliveries deliveries, BookKeeping books) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.books = books;
    }

    /** The effect happened; a pass that told what was held before has told it now. */
    Settlement complete(UnitOfWork unit, Claim claim) throws SQLException {
        Rule rule = rule(claim.key());
        Journal journal = books.journal(unit);
        Outcome outcome = journal.step(claim.key(), rule, new Event.Complete(claim.fence(), claim.nonce()));
        Out before = outcome.state().out();
        if (before != null && outcome.answer() instanceof Answer.Ok && tells(claim, before, rule)) {
            HeldBefore.of(unit, plans, deliveries, claim.key(), before).told(journal, claim.key(), rule);
        }
        journal.close();
        return settlement(outcome);
    }

    /** Whether the pass of the claim said how many were held before. */
    private static boolean tells(Claim claim, Out before, Rule rule) {
        return rule.digest() == Digest.WITH_NEXT && before.number() < claim.fence();
    }

    Settlement release(UnitOfWork unit, Claim claim, Event.Why why) throws SQLException {
        return settle(unit, claim, new Event.Release(claim.fence(), claim.nonce(), why));
    }

    Settlement extend(UnitOfWork unit, Claim claim, Duration length) throws SQLException {
        long until = unit.now() + Micros.of(length);
        return settle(unit, claim, new Event.Extend(claim.fence(), claim.nonce(), until));
    }

    /** An operator takes a claim away from its holder. */
    Settlement evict(UnitOfWork unit, Key key, long fence, String by) throws SQLException {
        Journal journal = books.journal(unit);
        Outcome outcome = journal.step(key, rule(key), new Event.Evict(fence));
        if (settlement(outcome) == Settlement.OK) {
            journal.note(key, Ledger.Kind.ACTION, "claim " + fence + " was taken away by " + by);
        }
        journal.close();
        return settlement(outcome);
    }

    Outcome reset(UnitOfWork unit, Key key, OptionalDouble level) throws SQLException {
        Journal journal = books.journal(unit);
        Outcome outcome = journal.step(key, rule(key), new Event.Reset(level));
        journal.close();
        return outcome;
    }

    private Settlement settle(UnitOfWork unit, Claim claim, Event event) throws SQLException {
        Journal journal = books.journal(unit);
        Outcome outcome = journal.step(claim.key(), rule(claim.key()), event);
        journal.close();
        return settlement(outcome);
    }

    private static Settlement settlement(Outcome outcome) {
        return outcome.answer() instanceof Answer.Ok ? Settlement.OK : Settlement.STALE;
    }

    private Rule rule(Key key) {
        return plans.rule(key).orElseThrow(() -> new IllegalArgumentException("there is no flow '" + key.flow() + "'"));
    }
}
