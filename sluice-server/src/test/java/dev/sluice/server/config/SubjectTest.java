package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Fingerprint;
import dev.sluice.Key;
import dev.sluice.SubjectRecipe;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which occurrences share a key, and which never do. */
class SubjectTest {
    private static final FlowConfig ERRORS =
            ServerConfig.standard(Path.of("data")).flow("errors").orElseThrow();
    private static final String HUNDRED = "0123456789".repeat(10);

    @Test
    void theKeyCanBeRead() {
        assertThat(error("NBACScheduleProcessor", "TypeError", " Some Error ").text())
                .isEqualTo("errors:nbacscheduleprocessor/typeerror/some error");
    }

    @Test
    @DisplayName("S4.5 equal first 100 raw characters are the same bucket, whatever stands around them")
    void equalBeginnings() {
        for (String beginning : List.of(HUNDRED, "   " + HUNDRED.substring(3), HUNDRED.substring(9) + "  \n ")) {
            String hundred = (beginning + " ".repeat(100)).substring(0, 100);
            assertThat(error("p", "t", hundred + " one end"))
                    .isEqualTo(error("p", "t", hundred + "another"))
                    .isEqualTo(error("p", "t", hundred));
        }
    }

    @Test
    @DisplayName("S4.5 the hundredth character counts, the next one does not")
    void theBoundary() {
        String almost = HUNDRED.substring(1);
        assertThat(error("p", "t", almost + "a")).isNotEqualTo(error("p", "t", almost + "b"));
        assertThat(error("p", "t", almost + "xa")).isEqualTo(error("p", "t", almost + "xb"));
    }

    @Test
    @DisplayName("S4.5 another processor or type is another bucket")
    void otherParts() {
        assertThat(Set.of(error("p", "t", "m"), error("q", "t", "m"), error("p", "u", "m"), error("p", "t", "n")))
                .hasSize(4);
    }

    @ParameterizedTest(name = "S4.5 [{0}] [{1}] [{2}]")
    @CsvSource(textBlock = """
                    P,         Type,      Some Message
                    ' p ',     TYPE,      some message
                    p,         ' tYpE',   'SOME MESSAGE  '
                    """)
    void caseAndOuterSpaceDoNotCount(String processor, String type, String message) {
        assertThat(error(processor, type, message).subject()).isEqualTo("p/type/some message");
    }

    @Test
    void innerSpaceCounts() {
        assertThat(error("p", "t", "a  b")).isNotEqualTo(error("p", "t", "a b"));
    }

    @Test
    @DisplayName("(\"a:b\", \"c\") is not (\"a\", \"b:c\"), with any separator")
    void partsAreNeverConfused() {
        String[] pieces = {"", "a", "/", "\\", ":", "\n", "\\n", "\\e", "~", "a/b", "a\\/b", "\u0000", "\\u0000"};
        Set<Key> keys = new HashSet<>();
        FlowConfig two = flow(new SubjectRecipe.Spelled(List.of("x", "y"), Optional.empty()));
        for (String x : pieces) {
            for (String y : pieces) {
                // "\n" alone is blank, and so the same as an empty value.
                if (!x.equals("\n") && !y.equals("\n")) {
                    assertThat(keys.add(two.key(Map.of("x", x, "y", y))))
                            .as("%s and %s", x, y)
                            .isTrue();
                }
            }
        }
        assertThat(two.key(Map.of("x", "a:b", "y", "c"))).isNotEqualTo(two.key(Map.of("x", "a", "y", "b:c")));
    }

    @Test
    void whatIsMissingHasADefault() {
        assertThat(ERRORS.key(Map.of()).subject()).isEqualTo("unknown/error/");
        assertThat(ERRORS.key(Map.of("processor", "  ", "message", "m")).subject())
                .isEqualTo("unknown/error/m");
        FlowConfig one = flow(new SubjectRecipe.Spelled(List.of("x"), Optional.empty()));
        assertThat(one.key(Map.of()).subject()).isEqualTo("\\e");
    }

    @Test
    void aCutNeverSplitsACharacter() {
        String crabs = "\ud83e\udd80".repeat(120);
        FlowConfig three = flow(new SubjectRecipe.Spelled(List.of(), Optional.of(new Fingerprint("message", 3))));
        assertThat(three.key(Map.of("message", crabs)).subject()).isEqualTo("\ud83e\udd80".repeat(3));
        assertThat(three.key(Map.of("message", "\ud83e")).subject()).isEqualTo("\\ud83e");
    }

    @Test
    void whatCannotBeSeenIsMadeVisible() {
        assertThat(error("p", "t", "a\nb\tc\u0007d\u202ee").subject()).isEqualTo("p/t/a\\nb\\tc\\u0007d\\u202ee");
    }

    @Test
    void noValueMakesASubjectThatTheEngineMadeUp() {
        FlowConfig one = flow(new SubjectRecipe.Spelled(List.of("x"), Optional.empty()));
        assertThat(one.key(Map.of("x", Key.OVERFLOW)).subject()).isEqualTo("\\~overflow");
    }

    @Test
    void aLongSubjectIsHashedAndItsTextStaysAtHand() {
        Map<String, String> values = Map.of("processor", "p".repeat(150), "message", HUNDRED);
        assertThat(ERRORS.key(values).subject()).startsWith("sha256-");
        assertThat(ERRORS.subjectText(values)).isEqualTo("p".repeat(150) + "/error/" + HUNDRED);
    }

    @Test
    void aHashTakesTheValuesAsTheyAre() {
        FlowConfig hashed = flow(new SubjectRecipe.Hashed(List.of("user", "cart")));
        Key key = hashed.key(Map.of("user", "7", "cart", "[1,2]"));
        assertThat(key.subject()).matches("[0-9a-f]{64}");
        assertThat(hashed.key(Map.of("user", "7", "cart", "[1,2]", "other", "x")))
                .isEqualTo(key);
        assertThat(hashed.key(Map.of("user", "7[1", "cart", ",2]"))).isNotEqualTo(key);
        assertThat(hashed.key(Map.of("user", "a", "cart", "A")))
                .isNotEqualTo(hashed.key(Map.of("user", "A", "cart", "a")));
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
        return new FlowConfig(plan, recipe, List.of(), FlowConfig.Outage.LOCAL);
    }
}
