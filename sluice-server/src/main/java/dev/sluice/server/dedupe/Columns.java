package dev.sluice.server.dedupe;

import dev.sluice.server.feed.FeedException;
import dev.sluice.server.takeover.Product;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** What kinds of values the columns of a log have, and how one is given to the database. */
final class Columns {
    private static final Set<Integer> NUMBERS = Set.of(
            Types.TINYINT,
            Types.SMALLINT,
            Types.INTEGER,
            Types.BIGINT,
            Types.DECIMAL,
            Types.NUMERIC,
            Types.REAL,
            Types.FLOAT,
            Types.DOUBLE,
            Types.BIT,
            Types.BOOLEAN);
    private static final Set<Integer> TIMES = Set.of(Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE, Types.DATE);

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

    private final Product product;
    private final Map<String, Integer> types;

    private Columns(Product product, Map<String, Integer> types) {
        this.product = product;
        this.types = types;
    }

    /**
     * Looks at them.
     *
     * @throws SQLException also if there is no such table or column
     * @throws FeedException if one is of a kind that does not do
     */
    static Columns read(Connection connection, LogSql sql) throws SQLException, FeedException {
        List<String> names = sql.log().columns();
        Map<String, Integer> types = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery(sql.noRows())) {
            for (int i = 0; i < names.size(); i++) {
                types.put(names.get(i), none.getMetaData().getColumnType(i + 1));
            }
        }
        Columns columns = new Columns(sql.product(), types);
        columns.check(sql.log());
        return columns;
    }

    private void check(LogTable log) throws FeedException {
        if (product != Product.SQLITE && !isTime(log.at()) && !isNumber(log.at())) {
            throw new FeedException("--at: the column " + log.at() + " holds neither times nor numbers");
        }
        for (Setting each : log.settings()) {
            // A text is 0 to it, and 0 is what many rows have.
            if (product == Product.MARIADB
                    && isNumber(each.column())
                    && !NUMBER.matcher(each.value()).matches()) {
                throw new FeedException(
                        "the column " + each.column() + " holds numbers, and '" + each.value() + "' is none");
            }
        }
    }

    private int type(String column) {
        return Objects.requireNonNull(types.get(column), column);
    }

    boolean isTime(String column) {
        return TIMES.contains(type(column));
    }

    boolean isNumber(String column) {
        return NUMBERS.contains(type(column));
    }

    /** Gives a value to compare a column with, or to put there, as what the column holds. */
    void bind(PreparedStatement statement, int index, String column, String value) throws SQLException {
        if (product == Product.POSTGRESQL) {
            // The server finds out by itself what it is.
            statement.setObject(index, value, Types.OTHER);
        } else if (product == Product.MARIADB && isNumber(column)) {
            statement.setBigDecimal(index, new BigDecimal(value));
        } else if (product == Product.SQLITE && isLong(value)) {
            statement.setLong(index, Long.parseLong(value));
        } else {
            statement.setString(index, value);
        }
    }

    /** Whether it reads the same after it was a number. */
    private static boolean isLong(String text) {
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
