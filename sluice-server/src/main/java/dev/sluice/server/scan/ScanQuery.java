package dev.sluice.server.scan;

import dev.sluice.StoreException;
import dev.sluice.server.config.ScanConfig;
import dev.sluice.sql.UserDatabase;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The query of a scan in its three forms: everything, one subject, and who has changed. The database filters and sorts, so
 * the query is used as a table. Safe for use by many threads.
 */
final class ScanQuery {
    private static final int MOST_ROWS = 1_000;

    private final UserDatabase database;
    private final ScanConfig.Columns columns;
    private final String table;
    private final ScanConfig config;

    ScanQuery(ScanConfig config, UserDatabase database) {
        this.config = config;
        this.database = database;
        this.columns = config.columns();
        this.table = "(" + config.queries().candidates() + "\n) candidates";
    }

    /** Takes what is read. */
    interface Sink {
        /** A row was read, whatever it is. */
        void row();

        /** One that can be sent. */
        void candidate(Candidate candidate);

        /**
         * Rows that are none.
         *
         * @param user whose they are; empty if they do not say
         */
        void bad(String user, String why);
    }

    /** Reads everything, in the order of the subjects; a bad row concerns its own subject alone. */
    void all(Sink sink) {
        Rows rows = new Rows(sink);
        String sorting = database.sorting("candidates." + columns.subject());
        database.read("select * from " + table + " order by " + sorting, List.of(), rows);
        rows.end();
    }

    /** Reads what there is of one subject. */
    void one(String user, Sink sink) {
        Rows rows = new Rows(sink);
        String sql = "select * from " + table + " where " + database.equal(columns.subject());
        database.read(sql, database.parameters(user), new UserDatabase.Reader() {
            @Override
            public void columns(Set<String> names) {
                rows.columns(names);
            }

            // What a database holds for equal may differ.
            @Override
            public boolean row(Map<String, String> values) {
                return !user.equals(values.get(columns.subject())) || rows.row(values);
            }
        });
        rows.end();
    }

    /** Subjects of which a row has changed at {@code since} or after it. */
    Set<String> changed(String since) {
        Set<String> users = new LinkedHashSet<>();
        // Not "distinct": what a collation takes for equal would be one of them.
        String sql = "select " + columns.subject() + " from " + table + " where " + database.since(changedColumn());
        database.read(sql, database.parameters(since), row -> {
            Optional.ofNullable(row.get(columns.subject())).ifPresent(users::add);
            return true;
        });
        return users;
    }

    /** The highest value of the column that says what has changed; empty if there is none. */
    Optional<String> newest() {
        return database.first("select max(" + changedColumn() + ") from " + table, List.of());
    }

    private String changedColumn() {
        return config.incremental().orElseThrow().changed();
    }

    /** Why the subject is no candidate any more, if that is asked. */
    Optional<String> gone(String user) {
        return config.queries().gone().flatMap(sql -> database.first(sql, List.of(user)));
    }

    /** Gathers the rows of a subject, which come one behind the other. */
    private final class Rows implements UserDatabase.Reader {
        private final Sink sink;
        private final List<Map<String, String>> rows = new ArrayList<>();
        private String user = "";
        private boolean tooMany;

        Rows(Sink sink) {
            this.sink = sink;
        }

        /** A column that is misspelled would be missing from every row, which nothing else might show. */
        @Override
        public void columns(Set<String> names) {
            List<String> missing = columns.named().stream()
                    .filter(name -> !names.contains(name))
                    .toList();
            if (!missing.isEmpty()) {
                throw new StoreException("the query has no column " + String.join(", ", missing));
            }
        }

        @Override
        public boolean row(Map<String, String> values) {
            sink.row();
            String of = values.getOrDefault(columns.subject(), "");
            if (of.isBlank()) {
                sink.bad("", "a row has no '" + columns.subject() + "'");
                return true;
            }
            if (!of.equals(user)) {
                end();
                user = of;
            }
            if (rows.size() < MOST_ROWS) {
                rows.add(values);
            } else {
                tooMany = true;
            }
            return true;
        }

        void end() {
            if (tooMany) {
                sink.bad(user, "it has more than " + MOST_ROWS + " rows");
            } else if (!rows.isEmpty()) {
                try {
                    sink.candidate(Candidate.of(columns, rows));
                } catch (Candidate.Bad e) {
                    sink.bad(user, String.valueOf(e.getMessage()));
                }
            }
            rows.clear();
            tooMany = false;
        }
    }
}
