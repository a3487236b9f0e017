package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.State;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Examples of what was held, at most 7 a tally and 1 KB each: those of the open tally belong to the key, those of a
 * tally that was told to its message.
 */
final class Samples {
    /** Longest title that is kept, in bytes of UTF-8. */
    static final int MAX_TITLE = 200;

    /** Title and message together, in bytes of UTF-8. */
    static final int MAX_BYTES = 1024;

    /** The 1st, 10th ... 1,000,000th are kept. */
    private static final long LAST_SAMPLED = 1_000_000;

    private static final String OF_MESSAGE =
            "select at, title, body from sluice_sample where message_id = ? order by id";

    private Samples() {}

    /** @param fence the highest number the key had given out when the occurrence was held */
    static void keep(UnitOfWork unit, Key key, long fence, long held, Content content) throws SQLException {
        if (held > LAST_SAMPLED) {
            return;
        }
        String title = cut(content.title(), MAX_TITLE);
        int left = MAX_BYTES - title.getBytes(StandardCharsets.UTF_8).length;
        Rows.update(
                unit,
                "insert into sluice_sample (key_text, fence, at, title, body) values (?, ?, ?, ?, ?)",
                key.text(),
                fence,
                unit.now(),
                title,
                cut(content.message(), left));
    }

    /** Keeps an example of what a budget refused: it says whose it was, because a budget has those of many keys. */
    static void keepFor(UnitOfWork unit, Key budget, State state, Occurrence occurrence) throws SQLException {
        Content said = occurrence.content();
        String subject = occurrence.subjectText().isEmpty() ? occurrence.key().subject() : occurrence.subjectText();
        String of = cut(occurrence.key().flow() + ": " + subject, MAX_TITLE / 2);
        String title = said.title().isEmpty() ? of : of + ": " + said.title();
        keep(unit, budget, state.fence(), state.held(), new Content(title, said.message(), "", "{}"));
    }

    /** Copies the first example of a closed tally of {@code key} to the budget that tells of it. */
    static void lend(UnitOfWork unit, Key key, long tally, Key budget, long fence) throws SQLException {
        Rows.update(
                unit,
                "insert into sluice_sample (key_text, fence, at, title, body)"
                        + " select ?, ?, at, substr(concat(?, title), 1, ?), body from sluice_sample"
                        + " where key_text = ? and message_id is null and fence < ? order by id limit 1",
                budget.text(),
                fence,
                key.text() + ": ",
                MAX_TITLE,
                key.text(),
                tally);
    }

    /** Hands the samples of a closed tally to the message that tells it; later ones have higher fences. */
    static void attach(UnitOfWork unit, Key key, long tally, long message) throws SQLException {
        Rows.update(
                unit,
                "update sluice_sample set message_id = ? where key_text = ? and message_id is null and fence < ?",
                message,
                key.text(),
                tally);
    }

    /** The samples of tallies that were closed before {@code tally} and not told yet, oldest first. */
    static List<Sample> before(UnitOfWork unit, Key key, long tally) throws SQLException {
        return Rows.list(
                unit,
                "select at, title, body from sluice_sample"
                        + " where key_text = ? and message_id is null and fence < ? order by id",
                Samples::sample,
                key.text(),
                tally);
    }

    /** Nobody will be told of the tallies that were closed before {@code tally}, or was told otherwise. */
    static void drop(UnitOfWork unit, Key key, long tally) throws SQLException {
        Rows.update(
                unit,
                "delete from sluice_sample where key_text = ? and message_id is null and fence < ?",
                key.text(),
                tally);
    }

    static List<Sample> ofKey(SqlStore store, Key key) {
        return store.query(connection -> Rows.list(
                connection,
                "select at, title, body from sluice_sample where key_text = ? and message_id is null order by id",
                Samples::sample,
                key.text()));
    }

    static List<Sample> ofMessage(Connection connection, long message) throws SQLException {
        return Rows.list(connection, OF_MESSAGE, Samples::sample, message);
    }

    static List<Sample> ofMessage(UnitOfWork unit, long message) throws SQLException {
        return Rows.list(unit, OF_MESSAGE, Samples::sample, message);
    }

    private static Sample sample(ResultSet row) throws SQLException {
        return new Sample(Micros.instant(row.getLong("at")), row.getString("title"), row.getString("body"));
    }

    /** The longest beginning of the text that takes at most so many bytes of UTF-8. */
    static String cut(String text, int bytes) {
        int used = 0;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            used += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (used > bytes) {
                break;
            }
            end += Character.charCount(point);
        }
        return text.substring(0, end);
    }
}
