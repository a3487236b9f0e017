package dev.sluice.server.watch;

import dev.sluice.Level;
import dev.sluice.Level.Cause;
import dev.sluice.server.config.WatchConfig;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Makes a level of the values of a subject. What is not known is never taken for a number. Immutable. */
final class LevelReader {
    /** A number of seconds that is as large as this would lie behind the year 5000: it is one of milliseconds. */
    private static final BigDecimal FIRST_MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);

    private final WatchConfig watch;

    LevelReader(WatchConfig watch) {
        this.watch = watch;
    }

    /** What the values of a subject say. */
    sealed interface Reading {
        /** Nothing is at stake: all is well, whatever the level is. */
        record Flat() implements Reading {}

        /** A level, known or not. */
        record Of(Level level) implements Reading {}
    }

    /** The level that {@code values} hold at {@code now}. */
    Reading read(Map<String, String> values, Instant now) {
        Optional<Level.Unknown> unreliable = status(values).or(() -> age(values, now));
        if (unreliable.isPresent()) {
            return new Reading.Of(unreliable.get());
        }
        Optional<String> flat = watch.fields().flat();
        if (flat.isPresent()) {
            Level stake = number(values, flat.get());
            if (stake instanceof Level.Known known && known.value() == 0) {
                return new Reading.Flat();
            } else if (stake instanceof Level.Unknown unknown) {
                return new Reading.Of(unknown);
            }
        }
        Level level = number(values, watch.fields().value());
        for (String field : watch.zones().fields()) {
            level = level.with(field, number(values, field));
        }
        return new Reading.Of(level);
    }

    private static Level number(Map<String, String> values, String field) {
        String text = values.get(field);
        Level level = text == null ? Level.missing("there is no '" + field + "'") : Level.parse(text);
        return level instanceof Level.Unknown unknown && text != null
                ? new Level.Unknown(unknown.cause(), field + ": " + unknown.detail())
                : level;
    }

    private Optional<Level.Unknown> status(Map<String, String> values) {
        WatchConfig.Status status = watch.fields().status().orElse(null);
        if (status == null) {
            return Optional.empty();
        }
        String word = values.getOrDefault(status.field(), "").strip();
        boolean ok = status.ok().stream().anyMatch(word::equalsIgnoreCase);
        String said = word.isEmpty() ? "there is no '" + status.field() + "'" : status.field() + " is '" + word + "'";
        return ok
                ? Optional.empty()
                : Optional.of(new Level.Unknown(word.isEmpty() ? Cause.MISSING : Cause.DEGRADED, said));
    }

    private Optional<Level.Unknown> age(Map<String, String> values, Instant now) {
        WatchConfig.Freshness fresh = watch.fields().freshness().orElse(null);
        if (fresh == null) {
            return Optional.empty();
        }
        String text = values.getOrDefault(fresh.timestamp(), "").strip();
        if (text.isEmpty()) {
            return Optional.of(new Level.Unknown(Cause.MISSING, "there is no '" + fresh.timestamp() + "'"));
        }
        Optional<Instant> at = time(text);
        if (at.isEmpty()) {
            return Optional.of(new Level.Unknown(Cause.UNPARSABLE, fresh.timestamp() + " is no time"));
        }
        return at.get().plus(fresh.maxAge()).isBefore(now)
                ? Optional.of(new Level.Unknown(Cause.STALE, fresh.timestamp() + " is " + at.get()))
                : Optional.empty();
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(
                    text.matches("\\d{1,15}(\\.\\d{1,9})?") ? counted(new BigDecimal(text)) : Instant.parse(text));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Instant counted(BigDecimal number) {
        BigDecimal millis = number.compareTo(FIRST_MILLISECONDS) >= 0 ? number : number.movePointRight(3);
        return Instant.ofEpochMilli(millis.longValue());
    }
}
