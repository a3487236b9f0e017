package dev.sluice.examples;

import dev.sluice.examples.Screen.Ink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws what arrived in each hour: a column an hour, a mark a message, the first one at the bottom. */
final class Timeline {
    private static final int WIDTH = 3;

    private final Screen screen;
    private final Instant begin;
    private final int hours;

    Timeline(Screen screen, Instant begin, Duration length) {
        this.screen = screen;
        this.begin = begin;
        this.hours = (int) length.toHours() + 1;
    }

    /**
     * The lines of the picture.
     *
     * @param busy for how long there is something to tell; an hour without a message in it is silent
     */
    List<String> draw(List<Arrival> arrivals, Duration busy) {
        List<List<Arrival.Kind>> columns = columns(arrivals);
        int height = columns.stream().mapToInt(List::size).max().orElse(0);
        List<String> lines = new ArrayList<>();
        for (int row = height - 1; row >= 0; row--) {
            int at = row;
            lines.add(IntStream.range(0, hours)
                    .mapToObj(hour -> cell(columns.get(hour), at, hour < busy.toHours()))
                    .collect(Collectors.joining())
                    .stripTrailing());
        }
        return lines;
    }

    /** The line of hours that goes below. */
    String scale() {
        return IntStream.range(0, hours)
                .mapToObj(hour -> ("%" + WIDTH + "d").formatted(hour))
                .collect(Collectors.joining());
    }

    /** What the marks mean. */
    String legend() {
        return mark(Arrival.Kind.PASS) + " error   " + mark(Arrival.Kind.SUMMARY) + " summary   "
                + mark(Arrival.Kind.DIGEST) + " digest   " + silence() + " silence, while errors go on";
    }

    private List<List<Arrival.Kind>> columns(List<Arrival> arrivals) {
        List<List<Arrival.Kind>> columns = new ArrayList<>();
        IntStream.range(0, hours).forEach(hour -> columns.add(new ArrayList<>()));
        for (Arrival arrival : arrivals) {
            int hour = (int) Duration.between(begin, arrival.at()).toHours();
            columns.get(Math.min(hour, hours - 1)).add(arrival.kind());
        }
        return columns;
    }

    private String cell(List<Arrival.Kind> column, int row, boolean busy) {
        String mark = " ";
        if (row < column.size()) {
            mark = mark(column.get(row));
        } else if (row == 0 && busy) {
            mark = silence();
        }
        return " ".repeat(WIDTH - 1) + mark;
    }

    private String mark(Arrival.Kind kind) {
        return switch (kind) {
            case PASS -> screen.ink(Ink.GOOD, screen.glyph("●", "o"));
            case SUMMARY -> screen.ink(Ink.NOTE, screen.glyph("▲", "A"));
            case DIGEST -> screen.ink(Ink.TOLD, screen.glyph("◆", "D"));
        };
    }

    private String silence() {
        return screen.ink(Ink.BAD, screen.glyph("·", "."));
    }
}
