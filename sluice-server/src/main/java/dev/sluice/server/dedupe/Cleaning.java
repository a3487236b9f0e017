package dev.sluice.server.dedupe;

import dev.sluice.server.feed.FeedException;
import dev.sluice.server.takeover.ForeignDatabase;
import dev.sluice.server.text.ProgressLine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Removes or marks what a file names, some rows in each transaction. A row that is no longer what it was stays. Ended
 * half-way, it leaves whole batches; what is still there is found by the next survey. For one thread.
 */
final class Cleaning {
    private final ForeignDatabase database;
    private final LogSql sql;
    private final Columns columns;
    private final Way way;
    private final Tally tally;

    /** What is done to a duplicate. */
    enum Way {
        /** The row is deleted. */
        REMOVE("removed"),
        /** A column of it gets a value. */
        MARK("marked");

        private final String done;

        Way(String done) {
            this.done = done;
        }

        String done() {
            return done;
        }
    }

    Cleaning(ForeignDatabase database, LogSql sql, Columns columns, Way way, Tally tally) {
        this.database = database;
        this.sql = sql;
        this.columns = columns;
        this.way = way;
        this.tally = tally;
    }

    /**
     * Does it.
     *
     * @param batch how many rows a transaction changes at most
     * @throws FeedException if the database refuses; the batches before are done then
     */
    void run(DuplicateFile file, int batch, ProgressLine progress) throws FeedException {
        progress.expect(OptionalLong.of(tally.duplicates()));
        try (Connection connection = database.writer()) {
            file.read(batch, (sent, unsent) -> {
                change(connection, sent, unsent);
                progress.show(tally.handled(), () -> String.format(Locale.ROOT, "%,d %s", tally.handled(), way.done()));
            });
        } catch (SQLException e) {
            throw database.refused(e);
        }
    }

    private void change(Connection connection, List<String> sent, List<String> unsent) throws FeedException {
        try {
            long done = change(connection, sent, true) + change(connection, unsent, false);
            connection.commit();
            tally.applied((long) sent.size() + unsent.size(), done);
        } catch (SQLException e) {
            rollback(connection);
            throw database.refused(e);
        } catch (FeedException e) {
            rollback(connection);
            throw e;
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // Then the database does it, when the connection ends.
        }
    }

    private long change(Connection connection, List<String> ids, boolean sent) throws SQLException, FeedException {
        if (ids.isEmpty()) {
            return 0;
        }
        LogTable log = sql.log();
        try (PreparedStatement statement = connection.prepareStatement(sql.clean(way, ids.size(), sent))) {
            int index = 1;
            if (way == Way.MARK) {
                index = bind(statement, index, log.mark());
            }
            for (String id : ids) {
                columns.bind(statement, index++, log.id(), id);
            }
            bind(statement, index, log.sent());
            int changed = statement.executeUpdate();
            if (changed > ids.size()) {
                throw new FeedException(
                        "--id: " + log.id() + " does not tell the rows apart; nothing of this batch was " + way.done());
            }
            return changed;
        }
    }

    private int bind(PreparedStatement statement, int index, Optional<Setting> setting) throws SQLException {
        if (setting.isEmpty()) {
            return index;
        }
        columns.bind(statement, index, setting.get().column(), setting.get().value());
        return index + 1;
    }
}
