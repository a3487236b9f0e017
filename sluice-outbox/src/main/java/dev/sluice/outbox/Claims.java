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
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalDouble;

/** What callers do with their claims, and resets: each in one work. */
final class Claims {
    private final Plans plans;
    private final Deliveries deliveries;

    Claims(Plans plans, Deliveries deliveries) {
        this.plans = plans;
        this.deliveries = deliveries;
    }

    /** The effect happened; a pass that told what was held before has told it now. */
    Settlement complete(Journal journal, Claim claim) throws SQLException {
        Rule rule = rule(claim.key());
        Outcome outcome = journal.step(claim.key(), rule, new Event.Complete(claim.fence(), claim.nonce()));
        Out before = outcome.state().out();
        if (before != null && outcome.answer() instanceof Answer.Ok && tells(claim, before, rule)) {
            HeldBefore.of(journal.unit(), plans, deliveries, claim.key(), before)
                    .told(journal, claim.key(), rule);
        }
        return settlement(outcome);
    }

    /** Whether the pass of the claim said how many were held before. */
    private static boolean tells(Claim claim, Out before, Rule rule) {
        return rule.digest() == Digest.WITH_NEXT && before.number() < claim.fence();
    }

    Settlement release(Journal journal, Claim claim, Event.Why why) throws SQLException {
        return settle(journal, claim, new Event.Release(claim.fence(), claim.nonce(), why));
    }

    Settlement extend(Journal journal, Claim claim, Duration length) throws SQLException {
        long until = journal.now() + Micros.of(length);
        return settle(journal, claim, new Event.Extend(claim.fence(), claim.nonce(), until));
    }

    /** An operator takes a claim away from its holder. */
    Settlement evict(Journal journal, Key key, long fence, String by) throws SQLException {
        Outcome outcome = journal.step(key, rule(key), new Event.Evict(fence));
        if (settlement(outcome) == Settlement.OK) {
            journal.note(key, Ledger.Kind.ACTION, "claim " + fence + " was taken away by " + by);
        }
        return settlement(outcome);
    }

    Outcome reset(Journal journal, Key key, OptionalDouble level) throws SQLException {
        Outcome outcome = journal.step(key, rule(key), new Event.Reset(level));
        return outcome;
    }

    private Settlement settle(Journal journal, Claim claim, Event event) throws SQLException {
        Outcome outcome = journal.step(claim.key(), rule(claim.key()), event);
        return settlement(outcome);
    }

    private static Settlement settlement(Outcome outcome) {
        return outcome.answer() instanceof Answer.Ok ? Settlement.OK : Settlement.STALE;
    }

    private Rule rule(Key key) {
        return plans.rule(key).orElseThrow(() -> new IllegalArgumentException("there is no flow '" + key.flow() + "'"));
    }
}
