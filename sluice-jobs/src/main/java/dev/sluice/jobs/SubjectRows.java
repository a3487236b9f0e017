package dev.sluice.jobs;

import dev.sluice.Key;
import dev.sluice.Micros;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The rows in which something is kept of subjects beside their jobs. */
final class SubjectRows {
    private static final String COLUMNS = "s.subject, s.schedule, s.data, s.enabled, s.paused, s.place, s.last_run";
    private static final String ONE = " WHERE kind = ? AND subject = ?";
    private static final String FIND = "SELECT " + COLUMNS + " FROM sluice_job_subject s" + ONE;
    private static final String RAN =
            "UPDATE sluice_job_subject SET place = ?, last_run = ?, fence = ?" + ONE + " AND fence <= ?";
    private static final String RAN_WITHOUT_PLACE =
            "UPDATE sluice_job_subject SET last_run = ?, fence = ?" + ONE + " AND fence <= ?";
    private static final String MAKE = "INSERT INTO sluice_job_subject"
            + " (kind, subject, schedule, data, enabled, paused, place, last_run, fence)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String PLAN = "UPDATE sluice_job_subject SET schedule = ?, data = ?, enabled = ?" + ONE;
    private static final String PAUSE = "UPDATE sluice_job_subject SET paused = ?" + ONE;
    private static final String TAKE_OVER =
            "UPDATE sluice_job_subject SET place = ?, last_run = ?" + ONE + " AND last_run IS NULL";

    /** Those that have a schedule, and no job, or one that is due, runs or is dead: one that waits is as it should be. */
    private static final String UNSETTLED = "SELECT " + COLUMNS + ", j.execution_time FROM sluice_job_subject s"
            + " LEFT JOIN sluice_job j ON j.task_name = s.kind AND j.task_instance = s.subject"
            + " WHERE s.kind = ? AND s.subject > ? AND s.schedule <> '' AND s.enabled = ? AND s.paused = ''"
            + " AND (j.task_name IS NULL OR j.execution_time <= ? OR j.execution_time = ?)"
            + " ORDER BY s.subject LIMIT ";

    private final DataSource source;

    SubjectRows(DataSource source) {
        this.source = source;
    }

    Optional<Kept> find(Key key) {
        return Statements.each(source, connection -> find(connection, key));
    }

    private static Optional<Kept> find(Connection connection, Key key) throws SQLException {
        return Statements.list(connection, FIND, SubjectRows::kept, key.flow(), key.subject()).stream()
                .findFirst();
    }

    private static Optional<Schedule> schedule(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Schedule.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** One that this process cannot read, perhaps because another version wrote it, keeps no other subject from its turn. */
    private static Optional<String> unreadable(String text, Optional<Schedule> schedule) {
        return text.isEmpty() || schedule.isPresent()
                ? Optional.empty()
                : Optional.of("its schedule '" + text + "' cannot be read");
    }

    private static Kept kept(ResultSet row) throws SQLException {
        String text = row.getString("schedule");
        Optional<Schedule> schedule = schedule(text);
        Planned planned =
                new Planned(row.getString("subject"), schedule, row.getBoolean("enabled"), row.getString("data"));
        Optional<String> paused = Optional.of(row.getString("paused"))
                .filter(reason -> !reason.isEmpty())
                .or(() -> unreadable(text, schedule));
        return new Kept(planned, paused, row.getString("place"), Statements.time(row, "last_run"));
    }

    /**
     * A run came to its end.
     *
     * @param place where the next one goes on; empty if this one said nothing of it
     * @return false if a later one has been written already
     */
    static boolean ran(Connection connection, Key key, long fence, Optional<String> place, Instant at)
            throws SQLException {
        int changed = place.isPresent()
                ? Statements.update(
                        connection, RAN, place.get(), Micros.of(at), fence, key.flow(), key.subject(), fence)
                : Statements.update(
                        connection, RAN_WITHOUT_PLACE, Micros.of(at), fence, key.flow(), key.subject(), fence);
        if (changed > 0 || place.isEmpty()) {
            return true;
        } else if (find(connection, key).isPresent()) {
            return false;
        }
        Planned planned = new Planned(key.subject(), Optional.empty(), true, "");
        make(connection, key, new Kept(planned, Optional.empty(), place.get(), Optional.of(at)), fence);
        return true;
    }

    private static void make(Connection connection, Key key, Kept kept, long fence) throws SQLException {
        Planned planned = kept.planned();
        Statements.update(
                connection,
                MAKE,
                key.flow(),
                key.subject(),
                planned.schedule().map(Schedule::text).orElse(""),
                planned.data(),
                planned.enabled(),
                kept.paused().orElse(""),
                kept.place(),
                Statements.time(kept.lastRun()),
                fence);
    }

    /** What was kept before; empty if nothing was. */
    Optional<Kept> plan(Key key, Planned planned) {
        return Statements.together(source, connection -> {
            Optional<Kept> before = find(connection, key);
            if (before.isEmpty()) {
                make(connection, key, new Kept(planned, Optional.empty(), "", Optional.empty()), 0);
            } else if (!before.get().planned().equals(planned)) {
                Statements.update(
                        connection,
                        PLAN,
                        planned.schedule().map(Schedule::text).orElse(""),
                        planned.data(),
                        planned.enabled(),
                        key.flow(),
                        key.subject());
            }
            return before;
        });
    }

    /** @param reason empty: no longer */
    void pause(Key key, String reason) {
        Statements.together(source, connection -> {
            if (Statements.update(connection, PAUSE, reason, key.flow(), key.subject()) == 0 && !reason.isEmpty()) {
                Planned planned = new Planned(key.subject(), Optional.empty(), true, "");
                make(connection, key, new Kept(planned, Optional.of(reason), "", Optional.empty()), 0);
            }
            return true;
        });
    }

    /** What another system knew of a subject; false if it has run here since. */
    boolean takeOver(Key key, String place, Instant lastRun) {
        return Statements.together(source, connection -> {
            if (find(connection, key).isEmpty()) {
                Planned planned = new Planned(key.subject(), Optional.empty(), true, "");
                make(connection, key, new Kept(planned, Optional.empty(), place, Optional.of(lastRun)), 0);
                return true;
            }
            return Statements.update(connection, TAKE_OVER, place, Micros.of(lastRun), key.flow(), key.subject()) > 0;
        });
    }

    /** A subject with a schedule, and whether a job of it is due or runs. */
    record Unsettled(Kept kept, boolean pending) {}

    /** In the order of their subjects, behind {@code after}. */
    List<Unsettled> unsettled(String kind, String after, Instant now, int limit) {
        return Statements.each(
                source,
                connection -> Statements.list(
                        connection,
                        UNSETTLED + limit,
                        row -> new Unsettled(
                                kept(row),
                                Statements.time(row, "execution_time").isPresent()),
                        kind,
                        after,
                        true,
                        Micros.of(now),
                        Micros.of(Job.NEVER)));
    }
}
