package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Key;
import dev.sluice.SubjectRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a flow makes keys of occurrences; what a recipe makes of values is tested in the core. */
class SubjectTest {
    private static final FlowConfig ERRORS =
            ServerConfig.standard(Path.of("data")).flow("errors").orElseThrow();

    @TempDir
    Path directory;

    @Test
    void theKeyCanBeRead() {
        assertThat(error("NBACScheduleProcessor", "TypeError", " Some Error ").text())
                .isEqualTo("errors:nbacscheduleprocessor/typeerror/some error");
    }

    @Test
    void theStandardFlowAndTheLibraryNameAnErrorAlike() {
        assertThat(ERRORS.subject()).isEqualTo(SubjectRecipe.ERRORS);
    }

    @Test
    @DisplayName("S4.8 600 messages that differ only in a date are one key")
    void theStandardFlowNormalises() {
        assertThat(IntStream.rangeClosed(1, 600)
                        .mapToObj(i -> error("p", "t", "Error processing 2025-12-" + i))
                        .distinct())
                .containsExactly(Key.of("errors", "p/t/error processing <*>"));
    }

    @Test
    void normalisingCanBeSwitchedOff() throws Exception {
        FlowConfig flow = new Reading(directory).read("""
                flows:
                  errors:
                    subject: {fields: [processor], fingerprint: {field: message, chars: 20, normalise: off}}
                    allow: 5 per 1h
                """).flow("errors").orElseThrow();
        assertThat(flow.subjectText(Map.of("processor", "p", "message", "Error 17 in line 4711")))
                .isEqualTo("p/error 17 in line 471");
    }

    @Test
    void aLongSubjectIsHashedAndItsTextStaysAtHand() {
        Map<String, String> values = Map.of("processor", "p".repeat(250), "message", "m");
        assertThat(ERRORS.key(values).subject()).startsWith("sha256-");
        assertThat(ERRORS.subjectText(values)).isEqualTo("p".repeat(250) + "/error/m");
    }

    @Test
    void withoutARecipeTheCallerMustGiveTheSubject() {
        FlowConfig given = flow(new SubjectRecipe.Given());
        assertThat(given.key("", "user-7").text()).isEqualTo("test:user-7");
        assertThatThrownBy(() -> given.key(Map.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Key error(String processor, String type, String message) {
        return ERRORS.key(Map.of("processor", processor, "error_type", type, "message", message));
    }

    private static FlowConfig flow(SubjectRecipe recipe) {
        dev.sluice.outbox.FlowPlan plan = new dev.sluice.outbox.FlowPlan(
                "test", ERRORS.plan().rules(), List.of(), ERRORS.plan().onFailure());
        return new FlowConfig(plan, recipe, List.of());
    }
}
