package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-03-04T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 | 30000",
                "0.5 | 500",
                "1.0001 | 1001",
                "Wed, 04 Mar 2026 12:01:00 GMT | 60000",
                "Wed, 04 Mar 2026 11:00:00 GMT | 0",
                "999999999 | 604800000"
            })
    void theHeaderSaysSecondsOrADate(String header, long millis) {
        assertThat(RetryAfter.of(Optional.of(header), "", NOW)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1e9", "NaN", "12345678901234567890", "\u0661"})
    void whatCannotBeUnderstoodAsksForNothing(String header) {
        assertThat(RetryAfter.of(Optional.of(header), "", NOW)).isZero();
    }

    @Test
    void discordAndTelegramSayItInTheBody() {
        assertThat(inBody("{\"message\": \"You are being rate limited.\", \"retry_after\": 64.57, \"global\": false}"))
                .isEqualTo(Duration.ofMillis(64_570));
        assertThat(inBody("{\"ok\": false, \"error_code\": 429, \"parameters\": {\"retry_after\": 35}}"))
                .isEqualTo(Duration.ofSeconds(35));
        assertThat(inBody("{\"retry_after\": {}}")).isZero();
        assertThat(inBody("{\"retry_after\"")).isZero();
        assertThat(inBody("rate_limited")).isZero();
    }

    @Test
    void theHeaderGoesBeforeTheBody() {
        assertThat(RetryAfter.of(Optional.of("2"), "{\"retry_after\": 1}", NOW)).isEqualTo(Duration.ofSeconds(2));
    }

    private static Duration inBody(String body) {
        return RetryAfter.of(Optional.empty(), body, NOW);
    }
}
