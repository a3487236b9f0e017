package dev.sluice.server.takeover;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.server.feed.FeedException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** The rows of a query. They are read as they come, in a connection that may only read. */
final class JdbcFindings implements Findings {
    private static final int AT_ONCE = 1_000;
    private static final String SUBJECT = "subject";
    private static final String STATE = "state";
    private static final String TOLD_AT = "told_at";
    private static final String ENDS_AT = "ends_at";
    private static final Map<String, String> COLUMNS =
            Map.of(SUBJECT, SUBJECT, STATE, STATE, TOLD_AT, TOLD_AT, "time", TOLD_AT, ENDS_AT, ENDS_AT, "end", ENDS_AT);

    private final Ask ask;
    private final Connection connection;
    private final OptionalLong size;
    private final ResultSet rows;
    private final Map<String, Integer> columns;
    private final Map<String, Times> times;
    private long row;

    /**
     * What is asked.
     *
     * @param zone of times that have none
     */
    record Ask(ForeignDatabase database, String query, States states, Optional<ZoneId> zone) {}

    private JdbcFindings(Ask ask, Connection connection, OptionalLong size, ResultSet rows) throws SQLException {
        this.ask = ask;
        this.connection = connection;
        this.size = size;
        this.rows = rows;
        ResultSetMetaData form = rows.getMetaData();
        this.columns = new HashMap<>();
        this.times = new HashMap<>();
        for (int i = 1; i <= form.getColumnCount(); i++) {
            String name = form.getColumnLabel(i).toLowerCase(Locale.ROOT);
            String known = COLUMNS.getOrDefault(name, name);
            columns.put(known, i);
            if (known.equals(TOLD_AT) || known.equals(ENDS_AT)) {
                times.put(
                        known,
                        Times.of(
                                ask.database().product(),
                                form.getColumnType(i),
                                form.getColumnTypeName(i),
                                ask.zone()));
            }
        }
    }

    /**
     * Asks.
     *
     * @param counted whether it is worth a second query to know how many rows there are
     * @throws FeedException if the database refuses, or the query does not give what is needed
     */
    static JdbcFindings open(Ask ask, boolean counted) throws FeedException {
        Connection connection;
        try {
            connection = ask.database().reader();
        } catch (SQLException e) {
            throw ask.database().refused(e);
        }
        try {
            OptionalLong size = counted ? count(ask, connection) : OptionalLong.empty();
            Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
            statement.setFetchSize(AT_ONCE);
            ResultSet rows = statement.executeQuery(ask.query());
            JdbcFindings findings = new JdbcFindings(ask, connection, size, rows);
            findings.check();
            return findings;
        } catch (SQLException e) {
            close(connection);
            throw ask.database().refused(e);
        } catch (FeedException e) {
            close(connection);
            throw e;
        }
    }

    /** Nothing where it cannot be counted: the query itself then says what is wrong. */
    private static OptionalLong count(Ask ask, Connection connection) throws SQLException {
        String all = ask.query().strip().replaceFirst(";$", "");
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("select count(*) from (" + all + ") counted")) {
            return count.next() ? OptionalLong.of(count.getLong(1)) : OptionalLong.empty();
        } catch (SQLException e) {
            connection.rollback();
            return OptionalLong.empty();
        }
    }

    private void check() throws FeedException {
        List<String> mistakes = new ArrayList<>();
        columns.keySet().stream()
                .filter(name -> !COLUMNS.containsValue(name))
                .sorted()
                .forEach(name -> mistakes.add("gives a column '" + name
                        + "'; it may give subject, told_at (or time), ends_at (or \"end\") and state"));
        if (!columns.containsKey(SUBJECT)) {
            mistakes.add("gives no column 'subject'");
        }
        if (times.isEmpty()) {
            mistakes.add("gives neither 'told_at' nor 'ends_at'");
        }
        if (columns.containsKey(STATE) && ask.states().isEmpty()) {
            mistakes.add("gives a state; say what states mean: --told, --pending, --skip");
        } else if (!columns.containsKey(STATE) && !ask.states().isEmpty()) {
            mistakes.add("gives no column 'state', which --told, --pending and --skip are about");
        }
        if (!mistakes.isEmpty()) {
            throw new FeedException("The query " + String.join("; it ", mistakes) + ".");
        }
    }

    @Override
    public Optional<Finding> next() throws FeedException {
        try {
            if (!rows.next()) {
                return Optional.empty();
            }
        } catch (SQLException e) {
            throw ask.database().refused(e);
        }
        row++;
        String where = "row " + row;
        try {
            return Optional.of(finding(where));
        } catch (IllegalArgumentException e) {
            return Optional.of(new Finding.Bad(where, String.valueOf(e.getMessage())));
        } catch (SQLException e) {
            return Optional.of(new Finding.Bad(
                    where, String.valueOf(ask.database().refused(e).getMessage())));
        }
    }

    private Finding finding(String where) throws SQLException {
        States.Meaning meaning = meaning();
        if (meaning == States.Meaning.SKIP) {
            return new Finding.Skipped(where);
        }
        String subject = text(SUBJECT).orElseThrow(() -> new IllegalArgumentException("its subject is null"));
        ObjectNode json = JsonNodeFactory.instance.objectNode().put(SUBJECT, subject);
        Optional<Instant> end = time(ENDS_AT);
        if (meaning == States.Meaning.PENDING) {
            json.put("inHandSince", told().toString());
            return new Finding.Live(where, subject, Finding.Kind.IN_HAND, json.toString());
        } else if (end.isPresent()) {
            json.put("endsAt", end.get().toString());
        } else {
            json.put("toldAt", told().toString());
        }
        return new Finding.Live(where, subject, Finding.Kind.TOLD, json.toString());
    }

    private States.Meaning meaning() throws SQLException {
        if (!columns.containsKey(STATE)) {
            return States.Meaning.TOLD;
        }
        String state = text(STATE).orElseThrow(() -> new IllegalArgumentException("its state is null"));
        return ask.states()
                .meaning(state)
                .orElseThrow(() -> new IllegalArgumentException(
                        "its state '" + state + "' is named by none of --told, --pending and --skip"));
    }

    private Instant told() throws SQLException {
        return time(TOLD_AT).orElseThrow(() -> new IllegalArgumentException("it has no time"));
    }

    private Optional<Instant> time(String name) throws SQLException {
        Times read = times.get(name);
        return read == null ? Optional.empty() : read.read(rows, column(name));
    }

    private Optional<String> text(String name) throws SQLException {
        Object value = rows.getObject(column(name));
        return Optional.ofNullable(value).map(Object::toString);
    }

    private int column(String name) {
        return Objects.requireNonNull(columns.get(name), name);
    }

    @Override
    public OptionalLong size() {
        return size;
    }

    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It was only read from.
        }
    }
}
