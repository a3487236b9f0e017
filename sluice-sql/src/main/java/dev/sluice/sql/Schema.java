package dev.sluice.sql;

import dev.sluice.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one component: numbered scripts {@code schema/DIALECT/v1.sql}, {@code v2.sql} ... beside a class, each of
 * which leads from the version before it; a dialect has its own numbers. {@link SqlStore#install} runs those that a
 * database has not seen, and records (component, version) in the table {@code sluice_schema}. A script that was released
 * never changes.
 *
 * <p>SQLite and PostgreSQL run them all or none. MariaDB commits with every statement that makes or changes a table; so
 * there each statement of a script must do nothing if it is run again ({@code IF NOT EXISTS}, {@code INSERT IGNORE}),
 * and the version is recorded behind each script: one that broke off half-way is run again from its beginning.
 */
public final class Schema {
    private static final String VERSIONS = """
            CREATE TABLE IF NOT EXISTS sluice_schema (
              component VARCHAR(64) NOT NULL PRIMARY KEY,
              version INTEGER NOT NULL
            )""";

    private static final Map<Dialect, String> VERSIONS_TABLE =
            Map.of(Dialect.SQLITE, """
            CREATE TABLE IF NOT EXISTS sluice_schema (
              component TEXT NOT NULL PRIMARY KEY,
              version INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID""", Dialect.POSTGRESQL, VERSIONS, Dialect.MARIADB, VERSIONS + " ENGINE = InnoDB");

    private static final String READ = "SELECT version FROM sluice_schema WHERE component = ?";
    private static final String UPDATE = "UPDATE sluice_schema SET version = ? WHERE component = ?";
    private static final String INSERT = "INSERT INTO sluice_schema (version, component) VALUES (?, ?)";

    private final String component;
    private final Map<Dialect, List<String>> scripts;

    /** For a component with the same scripts in every dialect. */
    Schema(String component, List<String> scripts) {
        this(component, everywhere(scripts));
    }

    private Schema(String component, Map<Dialect, List<String>> scripts) {
        this.component = component;
        this.scripts = scripts;
    }

    private static Map<Dialect, List<String>> everywhere(List<String> scripts) {
        Map<Dialect, List<String>> all = new EnumMap<>(Dialect.class);
        for (Dialect dialect : Dialect.values()) {
            all.put(dialect, scripts);
        }
        return all;
    }

    /**
     * The schema of {@code component}, whose scripts lie in the package of {@code beside}.
     *
     * @throws IllegalArgumentException if there is no script for any dialect
     */
    public static Schema of(String component, Class<?> beside) {
        Map<Dialect, List<String>> all = new EnumMap<>(Dialect.class);
        try {
            for (Dialect dialect : Dialect.values()) {
                List<String> found = scripts(beside, dialect);
                if (!found.isEmpty()) {
                    all.put(dialect, found);
                }
            }
        } catch (IOException e) {
            throw new StoreException("the schema of " + component + " cannot be read from its jar", e);
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("there is no schema/sqlite/v1.sql beside " + beside.getName());
        }
        return new Schema(component, all);
    }

    private static List<String> scripts(Class<?> beside, Dialect dialect) throws IOException {
        List<String> found = new ArrayList<>();
        for (InputStream next = script(beside, dialect, 1);
                next != null;
                next = script(beside, dialect, found.size() + 1)) {
            try (InputStream script = next) {
                found.add(new String(script.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return List.copyOf(found);
    }

    private static @Nullable InputStream script(Class<?> beside, Dialect dialect, int version) {
        return beside.getResourceAsStream("schema/" + dialect.word() + "/v" + version + ".sql");
    }

    private List<String> scripts(Dialect dialect) {
        List<String> found = scripts.get(dialect);
        if (found == null) {
            throw new StoreException("the tables of " + component + " cannot be made in " + dialect);
        }
        return found;
    }

    /**
     * One script that makes the tables in an empty database, and records their version.
     *
     * @throws StoreException if the component cannot live in such a database
     */
    public String text(Dialect dialect) {
        List<String> all = scripts(dialect);
        return VERSIONS_TABLE.get(dialect) + ";\n\n" + String.join("\n", all)
                + "\nINSERT INTO sluice_schema (component, version) VALUES ('" + component + "', " + all.size()
                + ");\n";
    }

    /**
     * Refuses a database whose tables are not there in the newest version.
     *
     * @throws StoreException if they are not
     */
    void check(Connection connection, Dialect dialect) throws SQLException {
        int version = exists(connection) ? version(connection) : 0;
        if (version != newest(dialect)) {
            refuseNewer(version, dialect);
            throw new StoreException(
                    "the tables of " + component + " have version " + version + " of " + newest(dialect)
                            + ", and may not be changed; run the scripts of the schema, which ./sluice schema prints");
        }
    }

    /** Brings the tables to the newest version; what the dialect allows is in the transaction that is open. */
    void apply(Connection connection, Dialect dialect) throws SQLException {
        if (exists(connection) && version(connection) == newest(dialect)) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(VERSIONS_TABLE.get(dialect));
            int version = version(connection);
            refuseNewer(version, dialect);
            for (int next = version; next < newest(dialect); next++) {
                statement.executeUpdate(scripts(dialect).get(next));
                if (dialect == Dialect.MARIADB) {
                    await(statement);
                }
                record(connection, next + 1);
            }
        }
    }

    /** Looks at what each statement of a script gave: this driver tells of a fault only then. */
    private static void await(Statement statement) throws SQLException {
        while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
            // On to the next one.
        }
    }

    private int newest(Dialect dialect) {
        return scripts(dialect).size();
    }

    private void refuseNewer(int version, Dialect dialect) {
        if (version > newest(dialect)) {
            throw new StoreException("the tables of " + component + " have version " + version
                    + "; this program knows only " + newest(dialect)
                    + ". Use the newer program; nothing was changed");
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        String here = connection.getCatalog();
        try (ResultSet table =
                connection.getMetaData().getTables(here, connection.getSchema(), "sluice_schema", null)) {
            return table.next();
        }
    }

    private int version(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, component);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    private void record(Connection connection, int version) throws SQLException {
        if (changed(connection, UPDATE, version) == 0) {
            changed(connection, INSERT, version);
        }
    }

    private int changed(Connection connection, String sql, int version) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, version);
            statement.setString(2, component);
            return statement.executeUpdate();
        }
    }
}
