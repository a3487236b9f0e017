package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.outbox.TimeGrid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What came in, went out and was held, step by step.
 *
 * @param step length of each step
 * @param points the oldest first; the last one holds now
 */
public record Rates(Duration step, List<Point> points) {
    /**
     * One step. A message can go out, and a digest tell, in a later step than the occurrence came in.
     *
     * @param at when it begins
     * @param in occurrences that were acknowledged
     * @param out occurrences that went out, or are assumed to have
     * @param held occurrences that were held
     * @param reported held occurrences that were told in a delivered digest
     * @param dead occurrences that were given up
     */
    public record Point(Instant at, long in, long out, long held, long reported, long dead) {
        private static Point of(Instant at, Books moved) {
            long told = moved.get(Bucket.REPORTED);
            long held = moved.get(Bucket.HELD) + moved.get(Bucket.OWED) + moved.get(Bucket.KEPT) + told;
            return new Point(
                    at,
                    moved.get(Bucket.IN),
                    moved.get(Bucket.DELIVERED) + moved.get(Bucket.ASSUMED),
                    // What a digest told that was given up leaves the held ones, and was held long before.
                    Math.max(held, 0),
                    told,
                    moved.get(Bucket.DEAD));
        }

        private Point plus(Point other) {
            return new Point(
                    at,
                    in + other.in,
                    out + other.out,
                    held + other.held,
                    reported + other.reported,
                    dead + other.dead);
        }
    }

    /** Those of one flow. May block. */
    public static Rates of(Engine engine, String flow, Span span) {
        TimeGrid grid = span.until(engine.now());
        List<Books> moved = engine.moved(flow, grid);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < moved.size(); i++) {
            points.add(Point.of(grid.at(i), moved.get(i)));
        }
        return new Rates(grid.step(), points);
    }

    /** The sum of both, which begin at the same time. */
    public Rates plus(Rates other) {
        List<Point> sum = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            sum.add(points.get(i).plus(other.points.get(i)));
        }
        return new Rates(step, sum);
    }

    /** Everything in one. */
    public Point total() {
        return points.stream().reduce(Point::plus).orElseThrow();
    }
}
