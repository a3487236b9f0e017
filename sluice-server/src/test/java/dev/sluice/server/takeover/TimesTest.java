package dev.sluice.server.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for a time. */
class TimesTest {
    @TempDir
    private Path directory = Path.of("");

    private static Optional<Instant> read(String expression, Optional<ZoneId> zone) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select " + expression)) {
            row.next();
            return Times.of(Product.SQLITE, row.getMetaData().getColumnType(1), "", zone)
                    .read(row, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'2026-03-29T00:30:00Z', 2026-03-29T00:30:00Z",
        "'2026-03-29 00:30:00+00', 2026-03-29T00:30:00Z",
        "'2026-03-29 02:30:00 +0200', 2026-03-29T00:30:00Z",
        "'2026-03-29 02:30:00.123456-05:00', 2026-03-29T07:30:00.123456Z",
        "'2026-03-29 00:30', 2026-03-28T23:30:00Z",
        "'2026-03-29T02:30:00', 2026-03-29T01:30:00Z",
        "'2026-10-25 02:30:00', 2026-10-25T00:30:00Z",
        "'1768377600', 2026-01-14T08:00:00Z",
        "' 1768377600.25 ', 2026-01-14T08:00:00.250Z"
    })
    void textIsATimeWithOrWithoutAZone(String text, Instant time) throws Exception {
        assertThat(read("'" + text + "'", Optional.of(ZoneId.of("Europe/Berlin"))))
                .contains(time);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00Z",
        "1768377600, 2026-01-14T08:00:00Z",
        "1768377600123, 2026-01-14T08:00:00.123Z",
        "1768377600123456, 2026-01-14T08:00:00.123456Z",
        "1768377600.5, 2026-01-14T08:00:00.500Z"
    })
    void aNumberIsSecondsOrMillisecondsOrMicrosecondsSinceTheEpochByItsSize(String number, Instant time)
            throws Exception {
        assertThat(read(number, Optional.empty())).contains(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'yesterday'", "''", "'2026-02-30 00:00:00'", "'2026-01-14'", "-1", "1e17", "x'00'"})
    void anythingElseIsNone(String expression) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(expression, Optional.of(ZoneId.of("UTC"))));
    }

    @Test
    void aTimeWithoutAZoneNeedsOneToBeSaid() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("'2026-01-14 08:00:00'", Optional.empty()))
                .withMessageContaining("--zone");
    }

    @Test
    void rowsAreCountedWhereThatIsWorthItAndPossible() throws Exception {
        String url = "jdbc:sqlite:" + directory.resolve("t.db");
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (subject, told_at)");
            statement.execute("insert into t values ('a', 1), ('b', 2)");
        }
        String query = "select subject, told_at from t order by 1;";
        States none = new States(List.of(), List.of(), List.of());
        JdbcFindings.Ask ask =
                new JdbcFindings.Ask(new ForeignDatabase(url, new Properties()), query, none, Optional.empty());
        try (Findings counted = JdbcFindings.open(ask, true);
                Findings uncounted = JdbcFindings.open(ask, false)) {
            assertThat(counted.size()).isEqualTo(OptionalLong.of(2));
            assertThat(uncounted.size()).isEmpty();
            assertThat(counted.next()).isPresent();
        }
    }
}
