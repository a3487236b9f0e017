package dev.sluice.server.dedupe;

import dev.sluice.server.takeover.Product;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements about a log. Names are quoted, since some are words of the language: an unquoted {@code user} is whoever
 * is logged in. SQLite takes an unknown name in double quotes for a text, so there it is grave accents.
 */
record LogSql(Product product, LogTable log) {
    private static final long MICROS_PER_SECOND = 1_000_000;

    private static final String SQLITE_AT = """
            CASE typeof(%1$s)
              WHEN 'text' THEN CASE WHEN %1$s GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' THEN
                CAST(strftime('%%s', substr(%1$s, 1, 19) || ltrim(substr(%1$s, 20), '.0123456789')) AS INTEGER) * 1000000
                + CASE WHEN substr(%1$s, 20, 1) = '.'
                    THEN CAST(round(CAST('0' || substr(%1$s, 20) AS REAL) * 1000000) AS INTEGER) ELSE 0 END END
              WHEN 'null' THEN NULL WHEN 'blob' THEN NULL ELSE %2$s END""";

    String quoted(String name) {
        String quote = product == Product.POSTGRESQL ? "\"" : "`";
        return quote + name.replace(".", quote + "." + quote) + quote;
    }

    private String table() {
        return quoted(log.table());
    }

    /** No rows, of all columns in the order of {@link LogTable#columns}. */
    String noRows() {
        return "SELECT " + log.columns().stream().map(this::quoted).collect(Collectors.joining(", ")) + " FROM "
                + table() + " WHERE 1 = 0";
    }

    /** How many rows there are, and how many ids. */
    String size() {
        return "SELECT COUNT(*), COUNT(DISTINCT " + quoted(log.id()) + ") FROM " + table();
    }

    /**
     * All that is not marked: exact forms of user and content, 0 or 1 for sent or not, the time in microseconds, the id,
     * user and content; those of one user and content together, sent ones first, in order of time. Its parameters are
     * the value of sent and that of the mark, where there are such.
     */
    String survey(Columns columns) {
        return "SELECT " + exact(log.by()) + ", " + exact(log.content()) + ", " + notSent() + ", " + micros(columns)
                + ", " + quoted(log.id()) + ", " + quoted(log.by()) + ", " + quoted(log.content()) + " FROM " + table()
                + log.mark()
                        .map(mark -> " WHERE CASE WHEN " + quoted(mark.column()) + " = ? THEN 1 ELSE 0 END = 0")
                        .orElse("")
                + " ORDER BY 1, 2, 3, 4, 5";
    }

    private String notSent() {
        return log.sent()
                .map(sent -> "CASE WHEN " + quoted(sent.column()) + " = ? THEN 0 ELSE 1 END")
                .orElse("0");
    }

    /** Two values are the same only if these are, however the database compares; and it puts the same together. */
    private String exact(String column) {
        return switch (product) {
            // It makes an empty text of null.
            case SQLITE -> "CASE WHEN " + quoted(column) + " IS NOT NULL THEN hex(" + quoted(column) + ") END";
            case MARIADB -> "sha2(" + quoted(column) + ", 256)";
            case POSTGRESQL -> "CAST(" + quoted(column) + " AS text) COLLATE \"C\"";
        };
    }

    private String micros(Columns columns) {
        String at = quoted(log.at());
        boolean number = columns.isNumber(log.at());
        return switch (product) {
            case SQLITE -> SQLITE_AT.formatted(at, sinceEpoch(at, "CAST(floor(%s) AS INTEGER)"));
            case MARIADB ->
                number
                        ? sinceEpoch(at, "CAST(FLOOR(%s) AS SIGNED)")
                        : "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', " + at + ")";
            case POSTGRESQL ->
                number
                        ? sinceEpoch(at, "CAST(FLOOR(CAST(%s AS numeric)) AS bigint)")
                        : "CASE WHEN isfinite(" + at + ") THEN CAST(EXTRACT(EPOCH FROM " + at + ") * 1000000 AS bigint)"
                                + " END";
        };
    }

    /** Seconds, milliseconds or microseconds since 1970, by how large they are. */
    private static String sinceEpoch(String column, String whole) {
        return "CASE WHEN " + column + " < 0 THEN NULL WHEN " + column + " < 100000000000 THEN "
                + whole.formatted(column + " * " + MICROS_PER_SECOND) + " WHEN " + column + " < 100000000000000 THEN "
                + whole.formatted(column + " * 1000") + " WHEN " + column + " < 100000000000000000 THEN "
                + whole.formatted(column) + " END";
    }

    /**
     * Takes rows away, or marks them, if they still are what they were: the parameters are the value of the mark if there
     * is one, the ids, and the value of sent if there is one.
     */
    String clean(Cleaning.Way way, int ids, boolean sent) {
        String change =
                way == Cleaning.Way.REMOVE ? "DELETE FROM " + table() : "UPDATE " + table() + " SET " + marked();
        return change + " WHERE " + quoted(log.id()) + " IN (" + String.join(", ", Collections.nCopies(ids, "?"))
                + ") AND " + notSent() + " = " + (sent ? 0 : 1);
    }

    private String marked() {
        String mark = quoted(log.mark().orElseThrow().column()) + " = ?";
        // A TIMESTAMP of MariaDB may become the time of the update by itself.
        return product == Product.MARIADB ? mark + ", " + quoted(log.at()) + " = " + quoted(log.at()) : mark;
    }

    /** How many combinations of user, content and time there are more than one row of, as an index sees them. */
    String repeated() {
        String columns = indexed();
        String known = List.of(log.by(), log.content(), log.at()).stream()
                .map(column -> quoted(column) + " IS NOT NULL")
                .collect(Collectors.joining(" AND "));
        return "SELECT COUNT(*) FROM (SELECT " + columns + " FROM " + table() + " WHERE " + known + " GROUP BY "
                + columns + " HAVING COUNT(*) > 1) repeated";
    }

    private String indexed() {
        return quoted(log.by()) + ", " + quoted(log.content()) + ", " + quoted(log.at());
    }

    /** What makes the index. */
    String index(boolean unique) {
        String name =
                log.bareTable().substring(0, Math.min(log.bareTable().length(), 48)) + (unique ? "_once" : "_told");
        boolean schemaFirst = product == Product.SQLITE;
        String index = schemaFirst ? log.schema().map(schema -> schema + ".").orElse("") + name : name;
        return "CREATE " + (unique ? "UNIQUE " : "") + "INDEX " + quoted(index) + " ON "
                + (schemaFirst ? quoted(log.bareTable()) : table()) + " (" + indexed() + ")";
    }
}
