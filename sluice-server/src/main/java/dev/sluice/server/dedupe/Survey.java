package dev.sluice.server.dedupe;

import dev.sluice.server.feed.FeedException;
import dev.sluice.server.takeover.ForeignDatabase;
import dev.sluice.server.text.ProgressLine;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Reads a log once, in the order in which {@link Judge} needs it; the database sorts, and of the rows one page is in
 * memory. For one thread.
 */
final class Survey {
    private static final int AT_ONCE = 1_000;
    private static final int USER = 1;
    private static final int CONTENT = 2;
    private static final int NOT_SENT = 3;
    private static final int AT = 4;
    private static final int ID = 5;
    private static final int SHOWN_USER = 6;
    private static final int SHOWN_CONTENT = 7;

    private final LogSql sql;
    private final Judge judge;
    private final Tally tally;
    private final ProgressLine progress;
    private final Consumer<Duplicate> duplicates;
    private Optional<String> user = Optional.empty();
    private Optional<String> content = Optional.empty();

    Survey(LogSql sql, Judge judge, Tally tally, ProgressLine progress, Consumer<Duplicate> duplicates) {
        this.sql = sql;
        this.judge = judge;
        this.tally = tally;
        this.progress = progress;
        this.duplicates = duplicates;
    }

    /**
     * Reads it.
     *
     * @return what its columns are
     * @throws FeedException if it cannot be read, or what is written of it cannot be
     */
    Columns run(ForeignDatabase database) throws FeedException {
        try (Connection connection = database.reader()) {
            Columns columns = Columns.read(connection, sql);
            size(connection);
            try (PreparedStatement statement = connection.prepareStatement(
                    sql.survey(columns), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
                statement.setFetchSize(AT_ONCE);
                int index = 1;
                for (Setting each : sql.log().settings()) {
                    columns.bind(statement, index++, each.column(), each.value());
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        row(rows);
                    }
                }
            }
            return columns;
        } catch (SQLException e) {
            throw database.refused(e);
        } catch (UncheckedIOException e) {
            throw new FeedException("--csv: " + e.getMessage());
        }
    }

    private void size(Connection connection) throws SQLException, FeedException {
        try (Statement statement = connection.createStatement();
                ResultSet size = statement.executeQuery(sql.size())) {
            size.next();
            long rows = size.getLong(1);
            if (rows != size.getLong(2)) {
                throw new FeedException("--id: " + sql.log().id() + " does not tell the rows apart: "
                        + String.format(Locale.ROOT, "%,d rows have %,d of it", rows, size.getLong(2)));
            }
            progress.expect(OptionalLong.of(rows));
        }
    }

    private void row(ResultSet row) throws SQLException, FeedException {
        Optional<String> thisUser = Optional.ofNullable(row.getString(USER));
        Optional<String> thisContent = Optional.ofNullable(row.getString(CONTENT));
        long at = row.getLong(AT);
        if (row.wasNull() || thisUser.isEmpty() || thisContent.isEmpty()) {
            tally.leftAlone();
        } else {
            group(thisUser, thisContent);
            entry(row, at);
        }
        progress.show(
                tally.rows(),
                () -> String.format(Locale.ROOT, "%,d read, %,d duplicates", tally.rows(), tally.duplicates()));
    }

    private void group(Optional<String> thisUser, Optional<String> thisContent) {
        boolean sameUser = thisUser.equals(user);
        if (sameUser && thisContent.equals(content)) {
            return;
        }
        if (!sameUser) {
            tally.user();
        }
        tally.content();
        judge.begin();
        user = thisUser;
        content = thisContent;
    }

    private void entry(ResultSet row, long at) throws SQLException, FeedException {
        if (row.getObject(ID) instanceof byte[]) {
            throw new FeedException("--id: " + sql.log().id() + " holds bytes; it must be a number or a text");
        }
        String id = row.getString(ID);
        boolean sent = row.getInt(NOT_SENT) == 0;
        Optional<Judge.Verdict> verdict = judge.judge(id, sent, at);
        if (verdict.isEmpty()) {
            tally.kept(sent);
        } else {
            Judge.Verdict what = verdict.get();
            tally.duplicate(what.why());
            duplicates.accept(
                    new Duplicate(id, shown(row, SHOWN_USER), shown(row, SHOWN_CONTENT), at, what.kept(), what.why()));
        }
    }

    private static String shown(ResultSet row, int column) throws SQLException {
        Object value = row.getObject(column);
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }
}
