package dev.sluice.server.http;

import dev.sluice.DurationText;
import dev.sluice.jobs.OnConflict;
import dev.sluice.jobs.Trigger;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A request to run a job, as it was posted. */
final class JobRequest implements Reading.Member {
    private static final int MOST_BY = 200;
    private static final int MOST_WORD = 100;
    private static final Duration LONGEST = Duration.ofDays(36_500);
    static final int MOST_DATA = 100_000;

    private String data = "";
    private String by = "api";
    private boolean after;
    private boolean priority;
    private Optional<String> delay = Optional.empty();
    private Optional<String> at = Optional.empty();

    /** Reads a body, which may be empty; what is wrong with it goes to {@code faults}. */
    static JobRequest read(byte[] body, Faults faults) {
        JobRequest request = new JobRequest();
        if (body.length > 0) {
            Reading.object(body, faults, request);
        }
        return request;
    }

    @Override
    public boolean read(String name, Reading from) throws IOException {
        switch (name) {
            case "data" -> data = from.anyObject(name);
            case "by" -> by = from.text(name, MOST_BY).orElse(by);
            case "after" -> after = from.flag(name);
            case "priority" -> priority = from.flag(name);
            case "delay" -> delay = from.text(name, MOST_WORD);
            case "at" -> at = from.text(name, MOST_WORD);
            default -> {
                return false;
            }
        }
        return true;
    }

    Trigger trigger(String subject, Instant now, Faults faults) {
        if (after && priority) {
            faults.add("priority", "cannot be together with after: what runs is never replaced");
        }
        if (delay.isPresent() && at.isPresent()) {
            faults.add("at", "cannot be together with delay");
        }
        if (data.length() > MOST_DATA) {
            faults.add("data", "is over " + MOST_DATA + " characters");
            data = "";
        }
        Trigger trigger = Trigger.of(subject).withData(data).by(by).in(later(now, faults));
        if (after) {
            return trigger.on(OnConflict.AFTER);
        }
        return priority ? trigger.on(OnConflict.PRE_EMPT) : trigger;
    }

    private Duration later(Instant now, Faults faults) {
        try {
            Duration later = delay.map(DurationText::parse)
                    .or(() -> at.map(time -> Duration.between(now, Instant.parse(time))))
                    .orElse(Duration.ZERO);
            if (later.compareTo(LONGEST) > 0) {
                faults.add(delay.isPresent() ? "delay" : "at", "is more than 36500d from now");
                return Duration.ZERO;
            }
            return later.isNegative() ? Duration.ZERO : later;
        } catch (DateTimeException | ArithmeticException e) {
            faults.add("at", "must be a time such as 2026-01-31T09:30:00Z");
        } catch (IllegalArgumentException e) {
            faults.add("delay", "must be a length of time such as 250ms, 30s or 10m");
        }
        return Duration.ZERO;
    }
}
