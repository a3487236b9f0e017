package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.outbox.TimeGrid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What became of the messages of a flow, day by day.
 *
 * @param days the oldest first; the last one is today
 */
public record DayRates(List<Day> days) {
    private static final int DAYS = 14;
    private static final Duration DAY = Duration.ofDays(1);

    /**
     * One day. Each number is of what happened on that day, whenever it began.
     *
     * @param at when it begins: midnight, UTC
     * @param sent messages that were accepted
     * @param unknown messages that may have arrived
     * @param failed messages that were given up
     * @param converted conversions that were reported
     * @param unsubscribed addresses that want no more since then
     */
    public record Day(Instant at, long sent, long unknown, long failed, long converted, long unsubscribed) {}

    /** Those of one flow. May block. */
    public static DayRates of(Engine engine, String flow) {
        TimeGrid grid = TimeGrid.until(engine.now(), DAY, DAYS);
        List<Books> moved = engine.moved(flow, grid);
        Map<Instant, Long> converted = engine.audience().conversionsByDay(flow, grid.from());
        Map<Instant, Long> unsubscribed = engine.audience().optOutsByDay(flow, grid.from());
        List<Day> days = new ArrayList<>();
        for (int i = 0; i < DAYS; i++) {
            Instant at = grid.at(i);
            Books books = moved.get(i);
            days.add(new Day(
                    at,
                    books.get(Bucket.DELIVERED),
                    books.get(Bucket.ASSUMED),
                    books.get(Bucket.DEAD),
                    converted.getOrDefault(at, 0L),
                    unsubscribed.getOrDefault(at, 0L)));
        }
        return new DayRates(days);
    }
}
