package dev.sluice;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one way that lengths of time are written in rules, configuration and output: {@code 250ms}, {@code 30s},
 * {@code 10m}, {@code 3h}, {@code 7d}, and sums of them in falling order such as {@code 1h30m}.
 */
public final class DurationText {
    private static final Pattern WHOLE = Pattern.compile("(\\d{1,9}(ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private DurationText() {}

    /**
     * Reads a length of time.
     *
     * @throws IllegalArgumentException if the text is none, with what was expected; or if it exceeds
     *     {@link Micros#LONGEST}
     */
    public static Duration parse(String text) {
        String trimmed = text.trim();
        if (!WHOLE.matcher(trimmed).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a length of time; write for example 250ms, 30s, 10m, 3h, 7d or 1h30m");
        }
        Duration sum = Duration.ZERO;
        Duration previousUnit = Micros.LONGEST;
        Matcher part = PART.matcher(trimmed);
        while (part.find()) {
            Duration unit = unit(part.group(2));
            if (unit.compareTo(previousUnit) >= 0) {
                throw new IllegalArgumentException("'" + text + "' must name its units once each, largest first");
            }
            previousUnit = unit;
            sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
        }
        if (sum.compareTo(Micros.LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 36500d");
        }
        return sum;
    }

    /** Writes a length of time so that {@link #parse} reads it back, cut to whole milliseconds. */
    public static String format(Duration length) {
        StringBuilder text = new StringBuilder();
        append(text, length.toDaysPart(), "d");
        append(text, length.toHoursPart(), "h");
        append(text, length.toMinutesPart(), "m");
        append(text, length.toSecondsPart(), "s");
        append(text, length.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static Duration unit(String name) {
        Duration unit = UNITS.get(name);
        if (unit == null) {
            throw new IllegalStateException("the pattern admits only known units, not " + name);
        }
        return unit;
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }
}
