package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The story, told in this process. */
class AbandonedCartTest {
    @Test
    @DisplayName("S3.2, S3.4, S3.6, S3.7, S3.10, S3.11, S3.12 over a real MariaDB and SMTP: every figure is as told")
    void figures() throws IOException {
        Told told = Told.by("abandoned-cart", "--json");

        assertThat(told.err()).isEmpty();
        assertThat(told.code()).isZero();
        JsonNode json = new ObjectMapper().readTree(told.out());
        assertThat(json.path("first").asInt()).isEqualTo(3);
        assertThat(json.path("again").asInt(-1)).isZero();
        assertThat(json.path("changed").asInt()).isEqualTo(1);
        assertThat(json.path("clicks").asInt()).isEqualTo(2);
        assertThat(json.path("bought").asInt()).isEqualTo(1);
        assertThat(json.path("nextDay").asInt()).isEqualTo(1);
    }
}
