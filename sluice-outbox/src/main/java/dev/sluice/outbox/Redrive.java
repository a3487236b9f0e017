package dev.sluice.outbox;

import dev.sluice.Event;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Makes a new occurrence of what a dead message said. */
final class Redrive {
    private Redrive() {}

    /**
     * Offers it; once it passed, asking again gives the same answer. Empty if there is no such message, it is not dead,
     * or it only tells of others.
     */
    static Optional<Intake.Accepted> offer(Journal journal, Intake intake, long id, String by) throws SQLException {
        UnitOfWork unit = journal.unit();
        Optional<Occurrence> again = occurrence(unit, id);
        if (again.isEmpty()) {
            return Optional.empty();
        }
        Occurrence occurrence = again.get();
        if (Requests.repeated(unit, occurrence).isEmpty()) {
            Ledger.write(unit, occurrence.key(), Ledger.Kind.ACTION, "message " + id + " was offered again by " + by);
        }
        Intake.Accepted accepted = intake.accept(journal, occurrence, intake.offer(occurrence));
        if (accepted.answer() instanceof Acceptance.Decided decided
                && decided.message().isEmpty()) {
            Requests.drop(unit, occurrence);
        }
        return Optional.of(accepted);
    }

    private static Optional<Occurrence> occurrence(UnitOfWork unit, long id) throws SQLException {
        Messages.Stored message = Messages.find(unit, id).orElse(null);
        if (message == null
                || message.state() != MessageState.DEAD
                || !message.kind().isOccurrence()) {
            return Optional.empty();
        }
        List<String> recipients = Deliveries.named(unit, id);
        Optional<Content> content = Rows.find(
                unit,
                "select title, body, severity, data from sluice_message where id = ?",
                row -> new Content(
                        row.getString("title"),
                        row.getString("body"),
                        row.getString("severity"),
                        row.getString("data")),
                id);
        String name = name(id);
        Optional<Occurrence.Request> request = Optional.of(new Occurrence.Request(name, name));
        return content.map(said -> new Occurrence(message.key(), "", said, recipients, request, Event.Settle.LATER));
    }

    /** The id of the request that offers the message again. */
    private static String name(long message) {
        return "redrive-" + message;
    }

    /** Whether it was offered again and passed, as long as that is remembered. */
    static boolean wasOffered(SqlStore store, Message message) {
        String sql = "select 1 from sluice_request where flow = ? and id = ?";
        return !store.query(connection -> Rows.list(
                        connection, sql, row -> row.getInt(1), message.key().flow(), name(message.id())))
                .isEmpty();
    }
}
