package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BooksHistoryTest extends WithOutbox {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @BeforeEach
    void twoPerHour() {
        flow("errors", Rule.allow("2 per 1h").build());
    }

    private List<Long> moved(Bucket bucket, Duration step, int bins) {
        return outbox().moved("errors", TimeGrid.until(clock.instant(), step, bins)).stream()
                .map(books -> books.get(bucket))
                .toList();
    }

    private void send(int times) {
        for (int i = 0; i < times; i++) {
            send("errors", "e");
        }
    }

    @Test
    void eachMinuteShowsWhatMovedInIt() {
        send(3);
        pass(MINUTE);
        pass(MINUTE);
        send(4);
        assertThat(moved(Bucket.IN, MINUTE, 4)).containsExactly(0L, 3L, 0L, 4L);
        assertThat(moved(Bucket.DELIVERED, MINUTE, 4)).containsExactly(0L, 2L, 0L, 0L);
        assertThat(moved(Bucket.HELD, MINUTE, 4)).containsExactly(0L, 1L, 0L, 4L);
    }

    @Test
    void theSumOfAllStepsIsTheBooks() {
        for (int i = 0; i < 200; i++) {
            send(i % 3);
            pass(Duration.ofSeconds(17 + i * 7L % 120));
        }
        List<Books> moved = outbox().moved("errors", TimeGrid.until(clock.instant(), Duration.ofMinutes(15), 200));
        Books sum = moved.stream().reduce(Books.EMPTY, Books::plus);
        assertThat(sum).isEqualTo(outbox().books().get("errors"));
        assertThat(moved).allSatisfy(step -> assertThat(step.unaccounted()).isZero());
    }

    @Test
    void aClockThatJumpsHoursPutsNothingIntoAWrongStep() {
        send(5);
        clock.advance(Duration.ofHours(7));
        send(1);
        assertThat(moved(Bucket.IN, Duration.ofHours(1), 8)).containsExactly(5L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
    }

    @Test
    void aRestartLosesNothing() {
        send(3);
        restart();
        send(2);
        pass(MINUTE);
        restart();
        send(1);
        assertThat(moved(Bucket.IN, MINUTE, 2)).containsExactly(5L, 1L);
    }

    @Test
    void behindAClockThatWasSetBackNothingIsNegative() {
        send(3);
        pass(Duration.ofMinutes(30));
        send(2);
        clock.set(START.plus(Duration.ofMinutes(10)));
        send(4);
        assertThat(moved(Bucket.IN, MINUTE, 60))
                .allSatisfy(count -> assertThat(count).isNotNegative());
        clock.set(START.plus(Duration.ofMinutes(40)));
        assertThat(moved(Bucket.IN, Duration.ofMinutes(10), 5)).containsExactly(3L, 0L, 0L, 6L, 0L);
    }

    @Test
    void oldMinutesBecomeHoursAndOldHoursGo() {
        for (int i = 0; i < 6; i++) {
            send(1);
            pass(Duration.ofMinutes(20));
        }
        pass(BooksHistory.MINUTES_KEPT.plusHours(1));
        assertThat(number("select count(*) from sluice_books_at where minute / 60 = (select min(minute) / 60 from"
                        + " sluice_books_at)"))
                .isEqualTo(1);
        assertThat(moved(Bucket.IN, Duration.ofHours(1), 54)).startsWith(3L, 3L, 0L);
        pass(BooksHistory.HOURS_KEPT.plusDays(1));
        assertThat(number("select count(*) from sluice_books_at")).isZero();
    }

    private long number(String sql) {
        return store().query(connection ->
                Rows.list(connection, sql, row -> row.getLong(1)).get(0));
    }

    @Test
    void aStepIsWholeMinutesFromAMultipleOfIt() {
        TimeGrid grid = TimeGrid.until(Instant.parse("2026-01-01T10:07:30Z"), Duration.ofMinutes(15), 4);
        assertThat(grid.from()).isEqualTo("2026-01-01T09:15:00Z");
        assertThat(grid.at(4)).isEqualTo("2026-01-01T10:15:00Z");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new TimeGrid(START, Duration.ofSeconds(30), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
