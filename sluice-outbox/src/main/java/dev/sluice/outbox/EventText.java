package dev.sluice.outbox;

import dev.sluice.Event;
import java.util.Locale;
import java.util.OptionalLong;

/** The text form of the events that can be posted: a word and numbers, separated by blanks. */
final class EventText {
    private static final String COMPLETE = "complete";
    private static final String RELEASE = "release";
    private static final String EXTEND = "extend";
    private static final String REPORT = "report";
    private static final String TOLD = "told";

    /** In place of the id of an occurrence. */
    private static final String NONE = "-";

    /** How many parts a report had before it named its reporter. */
    private static final int OLD_REPORT = 6;

    private EventText() {}

    /** @throws IllegalArgumentException if the event cannot be posted: it cannot be repeated, or its answer is needed */
    static String encode(Event event) {
        if (event instanceof Event.Complete complete) {
            return join(COMPLETE, complete.fence(), complete.nonce());
        } else if (event instanceof Event.Release release) {
            return join(RELEASE, release.fence(), release.nonce(), release.why());
        } else if (event instanceof Event.Extend extend) {
            return join(EXTEND, extend.fence(), extend.nonce(), extend.until());
        } else if (event instanceof Event.Report report) {
            return join(
                    REPORT,
                    report.reporter(),
                    report.sequence(),
                    report.occurrence().isPresent() ? report.occurrence().getAsLong() : NONE,
                    report.done(),
                    report.held(),
                    report.first(),
                    report.last());
        } else if (event instanceof Event.Told told) {
            return join(TOLD, told.number());
        }
        throw new IllegalArgumentException("cannot be posted: " + event);
    }

    private static String join(String word, Object... values) {
        StringBuilder text = new StringBuilder(word);
        for (Object value : values) {
            text.append(' ').append(value.toString().toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException if it is no text of an event */
    static Event decode(String text) {
        try {
            return decode(text, text.split(" "));
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'" + text + "' is too short for its event", e);
        }
    }

    private static Event decode(String text, String[] part) {
        return switch (part[0]) {
            case COMPLETE -> new Event.Complete(number(part[1]), number(part[2]));
            case RELEASE ->
                new Event.Release(
                        number(part[1]), number(part[2]), Event.Why.valueOf(part[3].toUpperCase(Locale.ROOT)));
            case EXTEND -> new Event.Extend(number(part[1]), number(part[2]), number(part[3]));
            case REPORT -> part.length == OLD_REPORT ? oldReport(part) : report(part);
            case TOLD -> new Event.Told(number(part[1]));
            default -> throw new IllegalArgumentException("'" + text + "' is no event");
        };
    }

    private static Event report(String[] part) {
        OptionalLong occurrence = part[3].equals(NONE) ? OptionalLong.empty() : OptionalLong.of(number(part[3]));
        return new Event.Report(
                number(part[1]),
                number(part[2]),
                occurrence,
                Integer.parseInt(part[4]),
                number(part[5]),
                number(part[6]),
                number(part[7]));
    }

    /** By its id alone: one pass, or held ones. */
    private static Event oldReport(String[] part) {
        return Integer.parseInt(part[2]) == 1
                ? Event.Report.passed(number(part[1]))
                : Event.Report.held(number(part[1]), number(part[3]), number(part[4]), number(part[5]));
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }
}
