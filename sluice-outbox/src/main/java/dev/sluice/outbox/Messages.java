package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** The rows of messages, within a unit of work. */
final class Messages {
    private static final String INSERT = """
            insert into sluice_message (flow, key_text, number, nonce, counted, kind, state, title, body, severity,
              data, occurrences, held, first_held, last_held, owed, decided_at, held_until, give_up_at)
            select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ? from (select 1 as one) as once
            where not exists (select 1 from sluice_message where key_text = ? and number = ?)
            returning id""";

    private static final String FIND =
            "select id, key_text, number, nonce, counted, kind, state, held, owed, give_up_at from sluice_message ";

    private static final String LOCK = "select id from sluice_message where id = ? for update";

    private Messages() {}

    /** Where the occurrence of a message is counted while it is pending. */
    enum Counted {
        /** In the claim of its key. */
        CLAIM,
        /** In the message: its rule counts without claims. */
        MESSAGE,
        /** Nowhere: it is a digest, and only what it tells is counted. */
        TALLY;

        private final String word = name().toLowerCase(Locale.ROOT);

        String word() {
            return word;
        }
    }

    /**
     * Which claim or tally a message goes out for.
     *
     * @param number fence of the claim, number of the tally, or below 0: with the key it names the message once
     * @param nonce of the claim
     */
    record Origin(Key key, long number, long nonce, Counted counted) {
        Origin numbered(long other) {
            return new Origin(key, other, nonce, counted);
        }
    }

    /** A message to be. */
    record Fresh(
            Origin origin,
            Message.Kind kind,
            Content content,
            Message.Tally tally,
            Message.Window window,
            long giveUpAt) {
        Fresh numbered(long number) {
            return new Fresh(origin.numbered(number), kind, content, tally, window, giveUpAt);
        }
    }

    /** What must be known of a stored message to settle it. */
    record Stored(long id, Origin origin, Message.Kind kind, MessageState state, long held, long owed, long giveUpAt) {
        Key key() {
            return origin.key();
        }
    }

    /** Stores a message; empty if this claim or tally has one. */
    static Optional<Long> insert(UnitOfWork unit, Fresh message, MessageState state) throws SQLException {
        Origin origin = message.origin();
        return Rows.find(
                unit,
                INSERT,
                row -> row.getLong(1),
                origin.key().flow(),
                origin.key().text(),
                origin.number(),
                origin.nonce(),
                origin.counted().word(),
                message.kind().name().toLowerCase(Locale.ROOT),
                state.word(),
                message.content().title(),
                message.content().message(),
                message.content().severity(),
                message.content().data(),
                message.tally().occurrences(),
                message.tally().held(),
                Rows.time(message.tally().first()),
                Rows.time(message.tally().last()),
                Micros.of(message.window().decidedAt()),
                Rows.time(message.window().heldUntil()),
                message.giveUpAt(),
                origin.key().text(),
                origin.number());
    }

    static Optional<Stored> find(UnitOfWork unit, long id) throws SQLException {
        return Rows.find(unit, FIND + "where id = ?", Messages::stored, id);
    }

    /**
     * Until the commit nobody else ends the message, or one of its deliveries. Whoever does so begins with this: two that
     * ended its last two deliveries at once would each take that of the other for open.
     */
    static void lock(UnitOfWork unit, long id) throws SQLException {
        if (unit.dialect().isShared()) {
            Rows.find(unit, LOCK, row -> row.getLong(1), id);
        }
    }

    static Optional<Stored> find(UnitOfWork unit, Key key, long number) throws SQLException {
        return Rows.find(unit, FIND + "where key_text = ? and number = ?", Messages::stored, key.text(), number);
    }

    /** As {@link #find}; until the commit nobody else ends it, makes it ready or deletes it. */
    static Optional<Stored> lock(UnitOfWork unit, Key key, long number) throws SQLException {
        String sql = FIND + "where key_text = ? and number = ?" + Phrases.locked(unit.dialect());
        return Rows.find(unit, sql, Messages::stored, key.text(), number);
    }

    /** A number for a message that has no fence. Below 0, because claims and tallies number theirs above. */
    static long freeNumber(UnitOfWork unit, Key key) throws SQLException {
        String sql = "select min(number) from sluice_message where key_text = ?";
        long lowest = Rows.find(unit, sql, row -> row.getLong(1), key.text()).orElse(0L);
        return Math.min(lowest, 0) - 1;
    }

    /** The claim of a prepared message was extended. */
    static void ready(UnitOfWork unit, long id) throws SQLException {
        Rows.update(unit, "update sluice_message set state = 'pending' where id = ?", id);
    }

    /** Nobody will be told of a prepared message; false if it is prepared no longer. */
    static boolean deletePrepared(UnitOfWork unit, long id) throws SQLException {
        return Rows.update(unit, "delete from sluice_message where id = ? and state = 'prepared'", id) > 0;
    }

    /** What the message was to tell is told by another. */
    static void tellNothing(UnitOfWork unit, long id) throws SQLException {
        Rows.update(unit, "update sluice_message set held = 0, first_held = null, last_held = null where id = ?", id);
    }

    /** The message takes over counts that somebody must be told of. */
    static void owe(UnitOfWork unit, long id, long owed) throws SQLException {
        Rows.update(unit, "update sluice_message set owed = ? where id = ?", owed, id);
    }

    /** The message is where it will stay, and owes nothing any more. */
    static void end(UnitOfWork unit, long id, MessageState state) throws SQLException {
        Rows.update(unit, "update sluice_message set state = ?, owed = 0 where id = ?", state.word(), id);
    }

    /** Nothing more happens to the message; it may be purged when its time has come. */
    static void close(UnitOfWork unit, long id) throws SQLException {
        Rows.update(unit, "update sluice_message set closed_at = ? where id = ?", unit.now(), id);
    }

    private static Stored stored(ResultSet row) throws SQLException {
        Origin origin = new Origin(
                Key.parse(row.getString("key_text")),
                row.getLong("number"),
                row.getLong("nonce"),
                Counted.valueOf(row.getString("counted").toUpperCase(Locale.ROOT)));
        return new Stored(
                row.getLong("id"),
                origin,
                Message.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                MessageState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getLong("held"),
                row.getLong("owed"),
                row.getLong("give_up_at"));
    }
}
