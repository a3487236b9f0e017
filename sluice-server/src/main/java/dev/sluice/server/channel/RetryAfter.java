package dev.sluice.server.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long a web server asks to be left alone: by the header {@code Retry-After}, in seconds or as a date, or by
 * {@code retry_after} in the JSON that it answers, at the top as Discord has it or below {@code parameters} as Telegram.
 */
final class RetryAfter {
    /** A wish for longer than this is as good as this. */
    private static final Duration MOST = Duration.ofDays(7);

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

    private RetryAfter() {}

    /** Zero if it asks for nothing that can be understood. */
    static Duration of(Optional<String> header, String body, Instant now) {
        Duration wish = header.flatMap(text -> seconds(text).or(() -> date(text, now)))
                .or(() -> inBody(body))
                .orElse(Duration.ZERO);
        return wish.compareTo(MOST) > 0 ? MOST : wish;
    }

    private static Optional<Duration> seconds(String text) {
        return Optional.of(text.strip())
                .filter(it -> SECONDS.matcher(it).matches())
                .map(it -> Duration.ofMillis((long) Math.ceil(Double.parseDouble(it) * 1000)));
    }

    private static Optional<Duration> date(String text, Instant now) {
        try {
            Instant at = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(at.isBefore(now) ? Duration.ZERO : Duration.between(now, at));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> inBody(String body) {
        if (!body.startsWith("{")) {
            return Optional.empty();
        }
        try {
            JsonNode answer = JSON.readTree(body);
            JsonNode top = answer.path("retry_after");
            JsonNode wish = top.isNumber() ? top : answer.path("parameters").path("retry_after");
            return seconds(wish.asText());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
