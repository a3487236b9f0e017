package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which occurrences share a subject, and which never do; without normalising, where nothing else is said. */
class SubjectRecipeTest {
    private static final String HUNDRED = "0123456789".repeat(10);
    private static final SubjectRecipe AS_IT_STANDS = new SubjectRecipe.Spelled(
            List.of("processor", "error_type"), Optional.of(new Fingerprint("message", 100, false)));

    @Test
    void theSubjectCanBeRead() {
        assertThat(error("NBACScheduleProcessor", "TypeError", " Some Error "))
                .isEqualTo("nbacscheduleprocessor/typeerror/some error");
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
    @DisplayName("S4.5 another processor or type is another bucket, normalised or not")
    void otherParts() {
        assertThat(Set.of(error("p", "t", "m"), error("q", "t", "m"), error("p", "u", "m"), error("p", "t", "n")))
                .hasSize(4);
        assertThat(Set.of(
                        SubjectRecipe.ERRORS.subject(values("worker-1", "t", "m")),
                        SubjectRecipe.ERRORS.subject(values("worker-2", "t", "m")),
                        SubjectRecipe.ERRORS.subject(values("worker-1", "E404", "m")),
                        SubjectRecipe.ERRORS.subject(values("worker-1", "E500", "m"))))
                .hasSize(4);
    }

    /** The JDK's own lower case would take minutes. */
    @Test
    @Timeout(10)
    void longValuesTakeTimeInProportionWhateverTheirLetters() {
        String letters = "\u0130".repeat(1_000_000);
        assertThat(error(letters, "t", letters)).startsWith("iii").hasSize(1_000_000 + 3 + 100);
        assertThat(SubjectRecipe.ERRORS.subject(values(letters, "t", letters))).hasSize(1_000_000 + 3 + 3);
    }

    @ParameterizedTest(name = "S4.5 [{0}] [{1}] [{2}]")
    @CsvSource(textBlock = """
                    P,         Type,      Some Message
                    ' p ',     TYPE,      some message
                    p,         ' tYpE',   'SOME MESSAGE  '
                    """)
    void caseAndOuterSpaceDoNotCount(String processor, String type, String message) {
        assertThat(error(processor, type, message)).isEqualTo("p/type/some message");
        assertThat(SubjectRecipe.ERRORS.subject(values(processor, type, message)))
                .isEqualTo("p/type/some message");
    }

    @Test
    void innerSpaceCounts() {
        assertThat(error("p", "t", "a  b")).isNotEqualTo(error("p", "t", "a b"));
    }

    @Test
    @DisplayName("(\"a:b\", \"c\") is not (\"a\", \"b:c\"), with any separator")
    void partsAreNeverConfused() {
        String[] pieces = {"", "a", "/", "\\", ":", "\n", "\\n", "\\e", "~", "a/b", "a\\/b", "\u0000", "\\u0000"};
        Set<String> subjects = new HashSet<>();
        SubjectRecipe two = new SubjectRecipe.Spelled(List.of("x", "y"), Optional.empty());
        for (String x : pieces) {
            for (String y : pieces) {
                // "\n" alone is blank, and so the same as an empty value.
                if (!x.equals("\n") && !y.equals("\n")) {
                    assertThat(subjects.add(two.subject(Map.of("x", x, "y", y))))
                            .as("%s and %s", x, y)
                            .isTrue();
                }
            }
        }
        assertThat(two.subject(Map.of("x", "a:b", "y", "c"))).isNotEqualTo(two.subject(Map.of("x", "a", "y", "b:c")));
    }

    @Test
    void whatIsMissingHasADefault() {
        for (SubjectRecipe recipe : List.of(AS_IT_STANDS, SubjectRecipe.ERRORS)) {
            assertThat(recipe.subject(Map.of())).isEqualTo("unknown/error/");
            assertThat(recipe.subject(Map.of("processor", "  ", "message", "m")))
                    .isEqualTo("unknown/error/m");
        }
        assertThat(new SubjectRecipe.Spelled(List.of("x"), Optional.empty()).subject(Map.of()))
                .isEqualTo("\\e");
    }

    @Test
    void aCutNeverSplitsACharacter() {
        String crabs = "\ud83e\udd80".repeat(120);
        SubjectRecipe three = new SubjectRecipe.Spelled(List.of(), Optional.of(new Fingerprint("message", 3, false)));
        assertThat(three.subject(Map.of("message", crabs))).isEqualTo("\ud83e\udd80".repeat(3));
        assertThat(three.subject(Map.of("message", "\ud83e"))).isEqualTo("\\ud83e");
    }

    @Test
    void whatCannotBeSeenIsMadeVisible() {
        assertThat(error("p", "t", "a\nb\tc\u0007d\u202ee")).isEqualTo("p/t/a\\nb\\tc\\u0007d\\u202ee");
    }

    @Test
    void noValueMakesASubjectThatTheEngineMadeUp() {
        SubjectRecipe one = new SubjectRecipe.Spelled(List.of("x"), Optional.empty());
        assertThat(one.subject(Map.of("x", Key.OVERFLOW))).isEqualTo("\\~overflow");
    }

    @Test
    void aHashTakesTheValuesAsTheyAre() {
        SubjectRecipe hashed = new SubjectRecipe.Hashed(List.of("user", "cart"));
        String subject = hashed.subject(Map.of("user", "7", "cart", "[1,2]"));
        assertThat(subject).matches("[0-9a-f]{64}");
        assertThat(hashed.subject(Map.of("user", "7", "cart", "[1,2]", "other", "x")))
                .isEqualTo(subject);
        assertThat(hashed.subject(Map.of("user", "7[1", "cart", ",2]"))).isNotEqualTo(subject);
        assertThat(hashed.subject(Map.of("user", "a", "cart", "A")))
                .isNotEqualTo(hashed.subject(Map.of("user", "A", "cart", "a")));
    }

    @Test
    void withoutARecipeTheCallerMustGiveTheSubject() {
        SubjectRecipe given = new SubjectRecipe.Given();
        assertThatThrownBy(() -> given.subject(Map.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static String error(String processor, String type, String message) {
        return AS_IT_STANDS.subject(values(processor, type, message));
    }

    private static Map<String, String> values(String processor, String type, String message) {
        return Map.of("processor", processor, "error_type", type, "message", message);
    }
}
