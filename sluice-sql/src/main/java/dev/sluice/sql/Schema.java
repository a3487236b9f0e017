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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one component: numbered scripts {@code schema/sqlite/v1.sql}, {@code v2.sql} ... beside a class, each of
 * which leads from the version before it. {@link SqlStore#install} runs those that a database has not seen, all or none,
 * and records (component, version) in the table {@code sluice_schema}. A script that was released never changes.
 */
public final class Schema {
    private final String component;
    private final List<String> scripts;

    Schema(String component, List<String> scripts) {
        this.component = component;
        this.scripts = scripts;
    }

    /**
     * The schema of {@code component}, whose scripts lie in the package of {@code beside}.
     *
     * @throws IllegalArgumentException if there is no script
     */
    public static Schema of(String component, Class<?> beside) {
        List<String> scripts = new ArrayList<>();
        try {
            for (InputStream next = script(beside, 1); next != null; next = script(beside, scripts.size() + 1)) {
                try (InputStream script = next) {
                    scripts.add(new String(script.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new StoreException("the schema of " + component + " cannot be read from its jar", e);
        }
        if (scripts.isEmpty()) {
            throw new IllegalArgumentException("there is no schema/sqlite/v1.sql beside " + beside.getName());
        }
        return new Schema(component, List.copyOf(scripts));
    }

    private static @Nullable InputStream script(Class<?> beside, int version) {
        return beside.getResourceAsStream("schema/sqlite/v" + version + ".sql");
    }

    /** The version that this program knows. */
    public int newest() {
        return scripts.size();
    }

    /** Brings the tables to the newest version, inside the transaction that is open. */
    void apply(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("""
                    CREATE TABLE IF NOT EXISTS sluice_schema (
                      component TEXT NOT NULL PRIMARY KEY,
                      version INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID""");
            int version = version(connection);
            if (version > newest()) {
                throw new StoreException("the tables of " + component + " have version " + version
                        + "; this program knows only " + newest() + ". Use the newer program; nothing was changed");
            }
            for (String script : scripts.subList(version, newest())) {
                statement.executeUpdate(script);
            }
            if (version < newest()) {
                record(connection);
            }
        }
    }

    private int version(Connection connection) throws SQLException {
        String sql = "SELECT version FROM sluice_schema WHERE component = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, component);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    private void record(Connection connection) throws SQLException {
        String sql = "INSERT OR REPLACE INTO sluice_schema (component, version) VALUES (?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, component);
            statement.setInt(2, newest());
            statement.executeUpdate();
        }
    }
}
