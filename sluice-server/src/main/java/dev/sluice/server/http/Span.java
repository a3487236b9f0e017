package dev.sluice.server.http;

import dev.sluice.outbox.TimeGrid;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How far a picture over time looks back, and in which steps. The word is the name in lower case. */
public enum Span {
    /** 60 minutes. */
    HOUR(Duration.ofMinutes(1), 60),
    /** 24 hours in quarters of an hour. */
    DAY(Duration.ofMinutes(15), 96),
    /** Seven days in steps of two hours. */
    WEEK(Duration.ofHours(2), 84);

    /** The words of all. */
    static final List<String> WORDS = Arrays.stream(values()).map(Span::word).toList();

    private final Duration step;
    private final int steps;

    Span(Duration step, int steps) {
        this.step = step;
        this.steps = steps;
    }

    /** The span of that word. */
    public static Optional<Span> of(String word) {
        return Arrays.stream(values()).filter(span -> span.word().equals(word)).findFirst();
    }

    /** The word for it outside Java. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    TimeGrid until(Instant now) {
        return TimeGrid.until(now, step, steps);
    }
}
