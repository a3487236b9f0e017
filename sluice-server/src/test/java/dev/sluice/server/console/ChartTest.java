package dev.sluice.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.http.Rates;
import dev.sluice.server.http.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {
    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    private static String drawn(Rates.Point... last) {
        List<Rates.Point> points = new ArrayList<>();
        for (int i = last.length; i < 60; i++) {
            points.add(new Rates.Point(NOON.minusSeconds(60L * (60 - i)), 0, 0, 0, 0, 0));
        }
        points.addAll(List.of(last));
        StringBuilder out = new StringBuilder();
        Chart.of(new Rates(Duration.ofMinutes(1), points), Span.HOUR, "Flow errors")
                .to(out);
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "7,8", "9,10", "10,10", "11,20", "27,30", "81,100", "100,100", "101,200", "650,800"})
    void theScaleEndsWithANumberThatIsEasyToRead(long most, long end) {
        assertThat(Chart.rounded(most)).isEqualTo(end);
    }

    @Test
    void barsAreAsHighAsTheirShareOfTheScale() {
        String svg = drawn(new Rates.Point(NOON, 10, 2, 8, 0, 0));
        assertThat(svg)
                .contains("class=\"part out\" x=\"591\" y=\"80\" width=\"8\" height=\"20\"")
                .contains("class=\"part held\" x=\"591\" y=\"0\" width=\"8\" height=\"80\"")
                .doesNotContain("part dead");
    }

    @Test
    void whoeverCannotSeeItGetsSumsAndATable() {
        String svg = drawn(new Rates.Point(NOON, 10, 2, 8, 3, 0));
        assertThat(svg)
                .contains("<title>Flow errors, the last hour</title>")
                .contains("<desc>In the last hour 10 came in, 2 went out, 8 were held, 0 were given up.</desc>")
                .contains("<title>12:00: 10 in, 2 out, 8 held</title>")
                .contains("As a table", "<td data-label=\"From (UTC)\">12:00</td>");
    }

    @Test
    void nothingAtAllIsSaid() {
        assertThat(drawn()).contains("nothing in this time").doesNotContain("As a table");
    }
}
