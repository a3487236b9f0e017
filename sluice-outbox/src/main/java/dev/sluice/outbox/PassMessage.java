package dev.sluice.outbox;

import dev.sluice.Claim;
import dev.sluice.Decision;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Makes the message of an occurrence that passed. */
final class PassMessage {
    private PassMessage() {}

    static Messages.Fresh of(Journal journal, Offered offered, Optional<HeldBefore> before) throws SQLException {
        UnitOfWork unit = journal.unit();
        Message.Tally tally = new Message.Tally(
                offered.decision().facts().occurrences(),
                before.map(HeldBefore::held).orElse(0L),
                before.flatMap(HeldBefore::first),
                before.flatMap(HeldBefore::last));
        Message.Window window = new Message.Window(Micros.instant(unit.now()), heldUntil(offered, journal.now()));
        return new Messages.Fresh(
                origin(unit, offered),
                kind(offered),
                offered.occurrence().content(),
                tally,
                window,
                Deliveries.giveUpAt(unit, offered.plan()));
    }

    private static Message.Kind kind(Offered offered) {
        if (offered.plan().notices()) {
            return Message.Kind.NOTICE;
        }
        return offered.decision() instanceof Decision.Summary ? Message.Kind.SUMMARY : Message.Kind.PASS;
    }

    /** A pass without a claim has no fence. */
    private static Messages.Origin origin(UnitOfWork unit, Offered offered) throws SQLException {
        Optional<Claim> claim = offered.decision().claim();
        if (claim.isPresent()) {
            return new Messages.Origin(
                    offered.key(), claim.get().fence(), claim.get().nonce(), Messages.Counted.CLAIM);
        }
        long number = Messages.freeNumber(unit, offered.key());
        return new Messages.Origin(offered.key(), number, 0, Messages.Counted.MESSAGE);
    }

    /** On the last pass of a window: its end, or where that will be if this pass opens it. Nothing is held in shadow. */
    private static Optional<Instant> heldUntil(Offered offered, long now) {
        Rule rule = offered.rule();
        State state = offered.state();
        if (state.used() < rule.limit()
                || rule.exclusive()
                || rule.window() == Micros.FOREVER
                || offered.plan().shadow()) {
            return Optional.empty();
        }
        return Micros.maybe((state.done() > 0 ? state.start() : now) + rule.window());
    }
}
