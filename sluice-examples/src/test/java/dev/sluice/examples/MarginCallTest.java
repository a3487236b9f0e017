package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The story, told in this process, over a real Redis. */
class MarginCallTest {
    @Test
    @DisplayName(
            "S1.1, S1.6, S1.7, S1.11 mails once in three hours, nothing by what is not known, and a fall acts at once")
    void figures() throws IOException {
        Told told = Told.by("margin-call", "--json");

        assertThat(told.err()).isEmpty();
        assertThat(told.code()).isZero();
        JsonNode json = new ObjectMapper().readTree(told.out());
        assertThat(json.path("between").asInt(-1)).isZero();
        assertThat(json.path("apart").asInt()).isEqualTo(10_800);
        assertThat(json.path("oscillations").asInt()).isEqualTo(1);
        assertThat(json.path("flat").asInt(-1)).isZero();
        assertThat(json.path("unknown").asInt(-1)).isZero();
        assertThat(json.path("notices").asInt()).isEqualTo(1);
        assertThat(json.path("closed").asInt()).isEqualTo(8);
        assertThat(json.path("fences").asInt()).isEqualTo(2);
        assertThat(json.path("fallMails").asInt()).isEqualTo(1);
        assertThat(json.path("again").asInt(-1)).isZero();
    }
}
