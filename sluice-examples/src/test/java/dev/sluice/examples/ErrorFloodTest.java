package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The story, told in this process. */
class ErrorFloodTest {
    private static final Path README = Path.of("..", "README.md");
    private static final String PICTURE =
            "<!-- what this shows is compared with what the command prints: ErrorFloodTest -->";

    @Test
    @DisplayName("S4.4, S4.8 600 errors in 18 hours: 90 mails, 18 digests, and none that nobody is told of")
    void figures() throws IOException {
        Told told = Told.by("error-flood", "--json");

        assertThat(told.err()).isEmpty();
        assertThat(told.code()).isZero();
        JsonNode json = new ObjectMapper().readTree(told.out());
        assertThat(json.fieldNames()).toIterable().containsExactly("cause_first", "id_first");
        json.forEach(ErrorFloodTest::isAsTold);
        JsonNode original = json.path("cause_first").path("original");
        assertThat(original.path("passes").asInt()).isEqualTo(5);
        assertThat(original.path("lastAfter").asText()).isEqualTo("PT7M12S");
        assertThat(json.path("id_first").path("original").path("passes").asInt())
                .isEqualTo(600);
    }

    private static void isAsTold(JsonNode flood) {
        assertThat(flood.path("errors").asInt()).isEqualTo(600);
        for (String receiver : List.of("mail", "webhook")) {
            JsonNode seen = flood.path(receiver);
            assertThat(seen.path("passes").asInt()).isEqualTo(90);
            assertThat(seen.path("summaries").asInt()).isEqualTo(18);
            assertThat(seen.path("digests").asInt()).isEqualTo(18);
            assertThat(seen.path("passes").asInt() + seen.path("told").asInt()).isEqualTo(600);
            assertThat(seen.path("mostInAnyWindow").asInt()).isEqualTo(5);
        }
        assertThat(flood.path("books").path("in").asInt()).isEqualTo(600);
        assertThat(flood.path("books").path("unaccounted").asInt(-1)).isZero();
        assertThat(flood.path("asTold").asBoolean()).isTrue();
    }

    @Test
    void thePictureOfTheReadmeIsTheOneThatIsPrinted() throws IOException {
        String readme = Files.readString(README, StandardCharsets.UTF_8);
        String shown = readme.substring(readme.indexOf(PICTURE) + PICTURE.length());
        String block = shown.split("```", -1)[1].strip();

        Told told = Told.on(false, true, "error-flood");

        assertThat(told.code()).as(told.err()).isZero();
        assertThat(told.out()).contains(block);
    }
}
