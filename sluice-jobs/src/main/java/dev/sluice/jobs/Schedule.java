package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.task.schedule.CronSchedule;
import dev.sluice.Micros;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When the job of a subject is due by itself. */
public sealed interface Schedule {
    /**
     * When it runs next.
     *
     * @param last when it ran to its end last; empty if it never did
     * @return not before {@code now}: what was missed is made up for once, now
     */
    Instant next(Optional<Instant> last, Instant now);

    /** As {@link #parse} reads it. */
    String text();

    /**
     * So long after the end of the last run; the first one now.
     *
     * @param interval 1 s to 36500 days
     */
    record Every(Duration interval) implements Schedule {
        private static final Duration LEAST = Duration.ofSeconds(1);

        /** @throws IllegalArgumentException if the interval is out of its range */
        public Every {
            if (interval.compareTo(LEAST) < 0 || interval.compareTo(Micros.LONGEST) > 0) {
                throw new IllegalArgumentException("a job runs every 1s to 36500d, not every " + interval);
            }
        }

        @Override
        public Instant next(Optional<Instant> last, Instant now) {
            Instant next = last.map(at -> at.plus(interval)).orElse(now);
            return next.isBefore(now) ? now : next;
        }

        @Override
        public String text() {
            return interval.toString();
        }
    }

    /**
     * At the times of a cron expression of six fields, with seconds first, as people in {@code zone} read their clocks. A
     * time that summer time leaves out is that of the hour behind it.
     *
     * @param expression such as {@code 0 30 8 * * MON-FRI}
     */
    record Cron(String expression, ZoneId zone) implements Schedule {
        /** @throws IllegalArgumentException if the expression is none */
        public Cron {
            try {
                new CronSchedule(expression, zone).getInitialExecutionTime(Instant.EPOCH);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "'" + expression + "' is no cron expression of six fields that comes round: " + e.getMessage(),
                        e);
            }
        }

        @Override
        public Instant next(Optional<Instant> last, Instant now) {
            Instant next = new CronSchedule(expression, zone).getInitialExecutionTime(last.orElse(now));
            return next.isBefore(now) ? now : next;
        }

        @Override
        public String text() {
            return expression + ZONE + zone;
        }
    }

    /** What stands before the zone of a cron expression. */
    String ZONE = " in ";

    /** {@code hourly}, or {@code daily}, or a duration of ISO 8601, or a cron expression with {@code in} and its zone. */
    static Schedule parse(String text) {
        if (text.equals("hourly")) {
            return new Every(Duration.ofHours(1));
        } else if (text.equals("daily")) {
            return new Every(Duration.ofDays(1));
        } else if (text.startsWith("P")) {
            return every(text);
        }
        int zone = text.lastIndexOf(ZONE);
        if (zone < 0) {
            throw new IllegalArgumentException("'" + text
                    + "' is no schedule: hourly, daily, a duration such as PT6H, or a cron expression such as"
                    + " '0 30 8 * * MON-FRI in Europe/Berlin'");
        }
        try {
            return new Cron(text.substring(0, zone), ZoneId.of(text.substring(zone + ZONE.length())));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "there is no time zone '" + text.substring(zone + ZONE.length()) + "'", e);
        }
    }

    private static Schedule every(String text) {
        try {
            return new Every(Duration.parse(text));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no duration such as PT6H", e);
        }
    }
}
