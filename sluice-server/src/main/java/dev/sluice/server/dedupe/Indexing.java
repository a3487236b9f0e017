package dev.sluice.server.dedupe;

import dev.sluice.server.feed.FeedException;
import dev.sluice.server.takeover.ForeignDatabase;
import dev.sluice.server.takeover.Product;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The index over user, content and time: says which there is, which there could be, and makes it. */
final class Indexing {
    private final ForeignDatabase database;
    private final LogSql sql;

    /** What there is already. */
    private record Present(boolean plain, boolean unique) {}

    Indexing(ForeignDatabase database, LogSql sql) {
        this.database = database;
        this.sql = sql;
    }

    /**
     * Does that.
     *
     * @param make whether it is made, and not only printed
     */
    void run(boolean make, PrintWriter out) throws FeedException {
        try (Connection connection = make ? database.writer() : database.reader()) {
            Present present = present(connection);
            long repeated = repeated(connection);
            out.println(
                    repeated == 0
                            ? "No user, content and time are there twice: the index can be unique."
                            : String.format(
                                    Locale.ROOT,
                                    "%,d of user, content and time are there more than once: the index cannot be unique%s.",
                                    repeated,
                                    make ? "" : " before they are removed"));
            boolean unique = repeated == 0;
            if (unique ? present.unique() : present.plain()) {
                out.println("There is such an index already.");
                return;
            }
            String statement = sql.index(unique);
            out.println(statement + ";");
            if (make) {
                execute(connection, statement);
                out.println("It was made.");
            }
        } catch (SQLException e) {
            throw database.refused(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        connection.commit();
    }

    private long repeated(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(sql.repeated())) {
            count.next();
            return count.getLong(1);
        }
    }

    private Present present(Connection connection) throws SQLException {
        Map<String, Map<Integer, String>> columns = new HashMap<>();
        Map<String, Boolean> unique = new HashMap<>();
        String schema = sql.log().schema().orElse(null);
        boolean schemaIsCatalog = sql.product() == Product.MARIADB;
        try (ResultSet index = connection
                .getMetaData()
                .getIndexInfo(
                        schemaIsCatalog && schema != null ? schema : connection.getCatalog(),
                        schemaIsCatalog ? null : schema,
                        sql.log().bareTable(),
                        false,
                        true)) {
            while (index.next()) {
                String name = index.getString("INDEX_NAME");
                String column = index.getString("COLUMN_NAME");
                if (name != null && column != null) {
                    columns.computeIfAbsent(name, each -> new TreeMap<>())
                            .put(index.getInt("ORDINAL_POSITION"), bare(column));
                    unique.put(name, !index.getBoolean("NON_UNIQUE"));
                }
            }
        }
        boolean anyPlain = false;
        boolean anyUnique = false;
        for (Map.Entry<String, Map<Integer, String>> each : columns.entrySet()) {
            List<String> names = List.copyOf(each.getValue().values());
            boolean covers = names.size() >= wanted().size()
                    && names.subList(0, wanted().size()).equals(wanted());
            anyPlain |= covers;
            anyUnique |= covers && names.size() == wanted().size() && unique.getOrDefault(each.getKey(), false);
        }
        return new Present(anyPlain, anyUnique);
    }

    private List<String> wanted() {
        LogTable log = sql.log();
        return List.of(bare(log.by()), bare(log.content()), bare(log.at()));
    }

    /** As names are compared, without the quotes that a driver may give them. */
    private static String bare(String column) {
        return column.replace("\"", "").toLowerCase(Locale.ROOT);
    }
}
