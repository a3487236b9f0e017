package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads messages, to send them and to show them. */
final class MessageViews {
    private static final String SELECT = """
            select id, key_text, kind, state, title, body, severity, data, occurrences, held, first_held, last_held,
              decided_at, held_until, give_up_at, closed_at from sluice_message""";

    /** Later a commit is not to be expected of a work that saw this time: others may have been committed before it. */
    private static final Duration COMMITTED = Duration.ofSeconds(20);

    private static final String FIND = SELECT + " where id = ?";

    private static final String KEYS =
            "select distinct key_text from sluice_message where key_text >= ? and key_text < ?"
                    + " order by key_text limit ?";

    private static final String DELIVERIES =
            "select channel, recipient, state, attempts, due_at, lost_since, note, unsure from sluice_delivery"
                    + " where message_id = ? order by id";

    /** The word for a delivery that waits for an address. */
    private static final String UNDELIVERABLE = "undeliverable";

    private MessageViews() {}

    /** The message as a channel is to tell it. */
    static Optional<Message> find(UnitOfWork unit, long id) throws SQLException {
        List<Sample> samples = Samples.ofMessage(unit, id);
        return Rows.find(unit, FIND, row -> message(row, samples), id);
    }

    /** The newest first. */
    static List<MessageView> list(SqlStore store, Outbox.MessageFilter filter, int limit) {
        Where where = where(filter, store.dialect());
        return store.query(connection -> {
            List<MessageView> views = new ArrayList<>();
            Rows.list(connection, sql(where), row -> views.add(view(connection, row)), where.valuesAnd(limit));
            return views;
        });
    }

    static String sql(Where where) {
        return SELECT + where.text() + " order by id desc limit ?";
    }

    /** The plus takes an index out of the choice: a key has far fewer messages than its flow or a state. */
    static Where where(Outbox.MessageFilter filter, Dialect dialect) {
        Where where = new Where();
        String other = filter.key().isPresent() ? Phrases.aside(dialect) : "";
        filter.key().ifPresent(key -> where.and("key_text = ?", key.text()));
        filter.flow().ifPresent(flow -> where.and(other + "flow = ?", flow));
        filter.state().ifPresent(state -> where.and(other + "state = ?", state.word()));
        filter.before().ifPresent(before -> where.and(other + "id < ?", before));
        return where;
    }

    /** The partial index of dead messages is used only where the state is a literal. */
    static String deaths(Dialect dialect) {
        return SELECT + (dialect == Dialect.SQLITE ? " indexed by sluice_message_dead" : "")
                + " where state = 'dead' and (closed_at, id) > (?, ?) and closed_at <= ?"
                + " order by closed_at, id limit ?";
    }

    /** Where several servers write, those of the last seconds wait until none can come before them any more. */
    static List<Outbox.Death> deaths(SqlStore store, Outbox.Mark mark, int limit) {
        long at = Micros.of(mark.at());
        long until = store.dialect().isShared() ? store.now() - Micros.of(COMMITTED) : Micros.FOREVER;
        return store.query(connection -> Rows.list(
                connection,
                deaths(store.dialect()),
                row -> new Outbox.Death(
                        new Outbox.Mark(Micros.instant(row.getLong("closed_at")), row.getLong("id")),
                        view(connection, row)),
                at,
                mark.message(),
                until,
                limit));
    }

    /** Keys that messages of a flow, without a variant, are about, and whose subject begins with {@code prefix}; in their order. */
    static List<Key> keys(SqlStore store, String flow, String prefix, int limit) {
        String from = flow + ':' + prefix;
        int last = from.length() - 1;
        String to = from.substring(0, last) + (char) (from.charAt(last) + 1);
        return store.query(
                connection -> Rows.list(connection, KEYS, row -> Key.parse(row.getString(1)), from, to, limit));
    }

    private static MessageView view(Connection connection, ResultSet row) throws SQLException {
        long id = row.getLong("id");
        return new MessageView(
                message(row, Samples.ofMessage(connection, id)),
                MessageState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Micros.instant(row.getLong("give_up_at")),
                Rows.list(connection, DELIVERIES, MessageViews::delivery, id));
    }

    private static Message message(ResultSet row, List<Sample> samples) throws SQLException {
        return new Message(
                row.getLong("id"),
                Key.parse(row.getString("key_text")),
                Message.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                new Content(
                        row.getString("title"),
                        row.getString("body"),
                        row.getString("severity"),
                        row.getString("data")),
                new Message.Tally(
                        row.getLong("occurrences"),
                        row.getLong("held"),
                        Rows.time(row, "first_held"),
                        Rows.time(row, "last_held")),
                new Message.Window(Micros.instant(row.getLong("decided_at")), Rows.time(row, "held_until")),
                samples);
    }

    private static MessageView.DeliveryView delivery(ResultSet row) throws SQLException {
        return new MessageView.DeliveryView(
                row.getString("channel"),
                row.getString("recipient"),
                Rows.time(row, "lost_since").isPresent() ? UNDELIVERABLE : row.getString("state"),
                row.getInt("attempts"),
                row.getString("state").equals(DeliveryState.WAITING.word())
                        ? Rows.time(row, "due_at")
                        : Optional.empty(),
                row.getString("note"),
                row.getInt("unsure") == 1);
    }
}
