package dev.sluice.server.takeover;

import dev.sluice.server.feed.FeedException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * The database of another system, as its owner names it to a command.
 *
 * @param url for a driver; of a {@link Product}
 * @param login user and password, where they are not in the URL
 */
public record ForeignDatabase(String url, Properties login) {
    private static final String SQLITE_NO_NEW_FILE = "2";
    private static final String SQLITE_PATIENCE_MILLIS = "30000";

    /** What it is a database of. */
    public Product product() {
        return Product.of(url).orElseThrow();
    }

    /**
     * A connection that may only read, with rows that come as they are asked for.
     *
     * @throws SQLException if there is none; {@link #refused} says so without secrets
     */
    public Connection reader() throws SQLException {
        return connect(true);
    }

    /**
     * A connection of which each change waits for a commit.
     *
     * @throws SQLException if there is none; {@link #refused} says so without secrets
     */
    public Connection writer() throws SQLException {
        return connect(false);
    }

    private Connection connect(boolean readOnly) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(login);
        if (product() == Product.SQLITE) {
            // Else a name that is none would become a new database. Not read-only: what somebody was killed in the
            // middle
            // of must be rolled back before anything can be read.
            properties.setProperty("open_mode", SQLITE_NO_NEW_FILE);
            properties.setProperty("query_only", Boolean.toString(readOnly));
            properties.setProperty("busy_timeout", SQLITE_PATIENCE_MILLIS);
        }
        Connection connection = DriverManager.getConnection(url, properties);
        try {
            prepare(connection, readOnly);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void prepare(Connection connection, boolean readOnly) throws SQLException {
        if (product() == Product.MARIADB) {
            try (Statement statement = connection.createStatement()) {
                // What a TIMESTAMP is shown as depends on it, and where clocks are put back two of them look alike.
                statement.execute("SET time_zone = '+00:00'");
            }
        }
        if (product() != Product.SQLITE) {
            connection.setReadOnly(readOnly);
        }
        // Only so does PostgreSQL give rows before it has all of them.
        connection.setAutoCommit(false);
    }

    /** What a driver says, without what it may quote of the URL and the login. */
    public FeedException refused(SQLException failure) {
        String text = String.valueOf(failure.getMessage());
        for (String secret : secrets()) {
            text = secret.isEmpty() ? text : text.replace(secret, "***");
        }
        return new FeedException("The database refuses: " + text);
    }

    private List<String> secrets() {
        List<String> all = new ArrayList<>(List.of(url, login.getProperty("password", "")));
        int query = url.indexOf('?');
        if (query >= 0) {
            all.add(url.substring(query + 1));
            for (String parameter : url.substring(query + 1).split("&", -1)) {
                int value = parameter.indexOf('=');
                if (parameter.toLowerCase(Locale.ROOT).contains("password") && value >= 0) {
                    all.add(parameter.substring(value + 1));
                }
            }
        }
        return all;
    }

    /** The URL without what may be secret in it. */
    public String shown() {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
