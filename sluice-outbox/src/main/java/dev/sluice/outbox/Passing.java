package dev.sluice.outbox;

import dev.sluice.Decision;
import dev.sluice.Event;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An occurrence on its way to be a message.
 *
 * @param charged where it may go
 * @param before what it is to tell as held before it
 * @param extension of its claim, if it has one
 */
record Passing(
        Offered offered,
        Messages.Origin origin,
        Charges.Result charged,
        Optional<HeldBefore> before,
        Event.Extend extension) {
    /** The message is on its way, and takes over what it tells. */
    void tell(Journal journal, long id) throws SQLException {
        if (before.isPresent()
                && journal.tell(offered.key(), offered.rule(), before.get().out())) {
            before.get().tellWith(journal, offered.key(), id);
        } else if (before.isPresent()) {
            Messages.tellNothing(journal.unit(), id);
        }
        Subjects.keep(journal.unit(), offered.occurrence());
        note(journal, offered, "message " + id + ", ", charged);
    }

    /** For the ledger: it passed. */
    static void note(Journal journal, Offered offered, String message, Charges.Result charged) throws SQLException {
        boolean summary = offered.decision() instanceof Decision.Summary;
        StringBuilder detail = new StringBuilder("%soccurrence %d, %d of %d used under %s"
                .formatted(
                        message,
                        offered.decision().facts().occurrences(),
                        offered.state().used(),
                        offered.rule().limit(),
                        offered.rule().allowance()));
        offered.would()
                .ifPresent(reason ->
                        detail.append(", in shadow: would be held for ").append(reason.word()));
        charged.refusals()
                .forEach(refusal -> detail.append(", refused in part by ").append(Telling.name(refusal.budget())));
        journal.note(offered.key(), summary ? Ledger.Kind.SUMMARY : Ledger.Kind.PASS, detail.toString());
    }
}
