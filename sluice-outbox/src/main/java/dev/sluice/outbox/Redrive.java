package dev.sluice.outbox;

import dev.sluice.Event;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a new occurrence of what a dead message said. */
final class Redrive {
    private Redrive() {}

    /** Empty if there is no such message, it is not dead, or it is a digest, which nothing happened for. */
    static Optional<Occurrence> occurrence(UnitOfWork unit, Deliveries deliveries, long id, String by)
            throws SQLException {
        Messages.Stored message = Messages.find(unit, id).orElse(null);
        if (message == null || message.state() != MessageState.DEAD || message.kind() == Message.Kind.DIGEST) {
            return Optional.empty();
        }
        Ledger.write(unit, message.key(), Ledger.Kind.ACTION, "message " + id + " was offered again by " + by);
        List<String> recipients = named(unit, deliveries, id);
        Optional<Content> content = Rows.find(
                unit,
                "select title, body, severity, data from sluice_message where id = ?",
                row -> new Content(
                        row.getString("title"),
                        row.getString("body"),
                        row.getString("severity"),
                        row.getString("data")),
                id);
        return content.map(
                said -> new Occurrence(message.key(), "", said, recipients, Optional.empty(), Event.Settle.LATER));
    }

    /** Those whom the occurrence named; empty if it went to those of its channels. */
    private static List<String> named(UnitOfWork unit, Deliveries deliveries, long id) throws SQLException {
        Set<String> named = new LinkedHashSet<>();
        Deliveries.recipients(unit, id).forEach((channel, recipients) -> {
            if (!Set.copyOf(recipients).equals(Set.copyOf(deliveries.ownRecipients(channel)))) {
                named.addAll(recipients);
            }
        });
        return List.copyOf(named);
    }
}
