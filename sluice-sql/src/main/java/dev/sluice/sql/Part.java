package dev.sluice.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** A statement with its values, to be sent with others in one round trip. */
record Part(String sql, Values values) {
    /** A statement without values. */
    static Part of(String sql) {
        return new Part(sql, (statement, first) -> first);
    }

    /** Sets the values of a statement. */
    @FunctionalInterface
    interface Values {
        /** Sets them from the parameter {@code first} on, and says which one comes behind. */
        int set(PreparedStatement statement, int first) throws SQLException;
    }

    /** Runs all of them in one round trip; the first that fails keeps those behind it from running. */
    static PreparedStatement run(Statements statements, List<Part> parts) throws SQLException {
        String all = parts.stream().map(Part::sql).collect(Collectors.joining("; "));
        PreparedStatement statement = statements.prepare(all);
        int next = 1;
        for (Part part : parts) {
            next = part.values.set(statement, next);
        }
        statement.execute();
        return statement;
    }
}
