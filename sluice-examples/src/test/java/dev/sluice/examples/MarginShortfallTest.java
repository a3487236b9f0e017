package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The story, told in this process. */
class MarginShortfallTest {
    @Test
    @DisplayName(
            "S2.1, S2.3, S2.5, S2.9, S2.10, S2.12 20 symbols short are one message, once an hour until they are well again")
    void figures() throws IOException {
        Told told = Told.by("margin-shortfall", "--json");

        assertThat(told.err()).isEmpty();
        assertThat(told.code()).isZero();
        JsonNode json = new ObjectMapper().readTree(told.out());
        assertThat(json.path("messages").asInt()).isEqualTo(1);
        assertThat(json.path("named").asInt()).isEqualTo(20);
        assertThat(json.path("messagesWhileShort").asInt()).isEqualTo(2);
        assertThat(json.path("held").asInt()).isEqualTo(127);
        assertThat(json.path("alternating").asInt()).isEqualTo(1);
        assertThat(json.path("ordersUnknown").asInt(-1)).isZero();
        assertThat(json.path("over").asInt()).isEqualTo(20);
        assertThat(json.path("messagesAgain").asInt()).isEqualTo(1);
    }

    @Test
    void theStoryIsToldWithWhatTheOriginalDid() {
        Told told = Told.by("margin-shortfall");

        assertThat(told.code()).as(told.err()).isZero();
        assertThat(told.out())
                .contains(
                        "-> [x20] ",
                        "kraken:SYM01, kraken:SYM02 ... kraken:SYM20",
                        "recovered after 2 h 10 m, 127 held")
                .containsPattern("20 symbols short in one scan: messages +1   20\n")
                .doesNotContain("\u001b");
    }
}
