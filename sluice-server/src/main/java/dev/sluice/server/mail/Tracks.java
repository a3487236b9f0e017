package dev.sluice.server.mail;

import dev.sluice.Micros;
import dev.sluice.server.config.MailConfig.Track;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Which mails were opened, and in which somebody clicked; kept for as long as purchases are. Safe for use by many threads.
 * Stages fail with {@link dev.sluice.StoreException} if the database does not answer; everything else may block, and
 * throws it.
 */
public final class Tracks {
    private static final String AGAIN =
            "UPDATE sluice_mail_track SET last_at = ?, times = times + 1 WHERE message_id = ? AND kind = ?";
    private static final String FIRST =
            "INSERT INTO sluice_mail_track (flow, message_id, kind, first_at, last_at, times) VALUES (?, ?, ?, ?, ?, 1)";
    private static final String FORGET = "DELETE FROM sluice_mail_track WHERE first_at < ?";
    private static final String OF_MESSAGE =
            "SELECT kind, first_at, last_at, times FROM sluice_mail_track WHERE message_id = ?";
    private static final String OF_FLOW = "SELECT kind, COUNT(*), SUM(times) FROM sluice_mail_track"
            + " WHERE flow = ? AND first_at >= ? AND first_at < ? GROUP BY kind";

    private final SqlStore database;
    private final Duration kept;

    Tracks(SqlStore database, Duration kept) {
        this.database = database;
        this.kept = kept;
    }

    /** What is known of one mail: since when, until when, how often. */
    public record Seen(Instant first, Instant last, long times) {}

    /** How many mails of a flow, and how often in all. */
    public record Count(long messages, long times) {}

    /** A mail was opened, or clicked in; whether for the first time. */
    public CompletionStage<Boolean> note(Track what, Tracking.Trace trace) {
        return database.transact(unit -> {
            MailRows.update(unit, FORGET, unit.now() - Micros.of(kept));
            boolean first = !again(unit, what, trace)
                    && MailRows.update(
                                    unit,
                                    MailRows.insert(unit, FIRST),
                                    trace.key().flow(),
                                    trace.message(),
                                    word(what),
                                    unit.now(),
                                    unit.now())
                            == 1;
            return first;
        });
    }

    private static boolean again(UnitOfWork unit, Track what, Tracking.Trace trace) throws SQLException {
        return MailRows.update(unit, AGAIN, unit.now(), trace.message(), word(what)) == 1;
    }

    /** What is known of a message; nothing of what never was. */
    public Map<Track, Seen> of(long message) {
        Map<Track, Seen> seen = new EnumMap<>(Track.class);
        MailRows.list(
                database,
                OF_MESSAGE,
                row -> seen.put(
                        track(row.getString(1)),
                        new Seen(Micros.instant(row.getLong(2)), Micros.instant(row.getLong(3)), row.getLong(4))),
                message);
        return seen;
    }

    /** What was first seen in this time. */
    public Map<Track, Count> count(String flow, Instant from, Instant to) {
        Map<Track, Count> counts = new EnumMap<>(Track.class);
        List.of(Track.values()).forEach(track -> counts.put(track, new Count(0, 0)));
        MailRows.list(
                database,
                OF_FLOW,
                row -> counts.put(track(row.getString(1)), new Count(row.getLong(2), row.getLong(3))),
                flow,
                Micros.of(from),
                Micros.of(to));
        return counts;
    }

    private static String word(Track what) {
        return what.name().toLowerCase(Locale.ROOT);
    }

    private static Track track(String word) {
        return Track.valueOf(word.toUpperCase(Locale.ROOT));
    }
}
