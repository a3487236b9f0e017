package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import dev.sluice.Micros;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How rows are written, the same way in every database: times as microseconds in UTC, as everywhere else. What the
 * drivers make of timestamps depends on time zones, and the standard way shares one calendar between all threads.
 */
final class RowColumns extends DefaultJdbcCustomization {
    RowColumns() {
        super(true);
    }

    @Override
    public String getName() {
        return "sluice";
    }

    @Override
    public void setInstant(PreparedStatement statement, int index, @Nullable Instant value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, Micros.of(value));
        }
    }

    @Override
    public @Nullable Instant getInstant(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : Micros.instant(micros);
    }

    @Override
    public String getQueryLimitPart(int limit) {
        return " LIMIT " + limit;
    }
}
