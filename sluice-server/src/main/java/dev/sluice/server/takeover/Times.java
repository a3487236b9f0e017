package dev.sluice.server.takeover;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the times of a column, whatever it keeps them as: with or without a zone, text, or a number since the epoch. */
final class Times {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,17}(\\.\\d{1,12})?");
    private static final DateTimeFormatter TEXT = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[' '][XXX][XX][X]")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    /** Seconds since the epoch are below this until the year 5138, and milliseconds above it since 1973. */
    private static final BigDecimal SECONDS = new BigDecimal("1e11");

    private static final BigDecimal MILLIS = new BigDecimal("1e14");
    private static final BigDecimal MICROS = new BigDecimal("1e17");
    private static final long PER_SECOND = 1_000_000;

    private final Form form;
    private final Optional<ZoneId> zone;

    private enum Form {
        ZONED,
        UTC,
        LOCAL,
        VALUE
    }

    private Times(Form form, Optional<ZoneId> zone) {
        this.form = form;
        this.zone = zone;
    }

    /** Those of a column of this type; {@code zone} is that of times that have none. */
    static Times of(Product product, int type, String typeName, Optional<ZoneId> zone) {
        String name = typeName.toLowerCase(Locale.ROOT);
        Form form = Form.VALUE;
        if (product != Product.SQLITE && (type == Types.TIMESTAMP_WITH_TIMEZONE || name.equals("timestamptz"))) {
            form = Form.ZONED;
        } else if (product != Product.SQLITE && type == Types.TIMESTAMP) {
            boolean utc = product == Product.MARIADB && name.equals("timestamp");
            form = utc ? Form.UTC : Form.LOCAL;
        }
        return new Times(form, zone);
    }

    /**
     * The time in a column of a row; empty for null.
     *
     * @throws IllegalArgumentException if it is none
     */
    Optional<Instant> read(ResultSet row, int column) throws SQLException {
        return switch (form) {
            case ZONED ->
                Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
            case UTC ->
                Optional.ofNullable(row.getObject(column, LocalDateTime.class))
                        .map(time -> time.toInstant(ZoneOffset.UTC));
            case LOCAL ->
                Optional.ofNullable(row.getObject(column, LocalDateTime.class)).map(this::zoned);
            case VALUE -> Optional.ofNullable(row.getObject(column)).map(this::value);
        };
    }

    private Instant zoned(LocalDateTime time) {
        return time.atZone(zone.orElseThrow(() -> new IllegalArgumentException(
                        "the time " + time + " has no time zone; say --zone UTC, or --zone Europe/Berlin")))
                .toInstant();
    }

    private Instant value(Object value) {
        if (value instanceof Number number) {
            return sinceEpoch(new BigDecimal(number.toString()));
        } else if (value instanceof String text) {
            return NUMBER.matcher(text.strip()).matches()
                    ? sinceEpoch(new BigDecimal(text.strip()))
                    : text(text.strip());
        }
        throw new IllegalArgumentException("'" + value + "' is no time");
    }

    private Instant text(String text) {
        try {
            TemporalAccessor read = TEXT.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            return read instanceof OffsetDateTime time ? time.toInstant() : zoned((LocalDateTime) read);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is no time", e);
        }
    }

    private static Instant sinceEpoch(BigDecimal number) {
        long factor = number.compareTo(SECONDS) < 0 ? PER_SECOND : number.compareTo(MILLIS) < 0 ? 1_000 : 1;
        if (number.signum() < 0 || number.compareTo(MICROS) >= 0) {
            throw new IllegalArgumentException("'" + number + "' is no time since the epoch");
        }
        long micros = number.multiply(BigDecimal.valueOf(factor))
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
        return Instant.ofEpochSecond(micros / PER_SECOND, micros % PER_SECOND * 1_000);
    }
}
