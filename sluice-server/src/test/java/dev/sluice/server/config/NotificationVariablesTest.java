package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code NOTIFICATION_*} makes of the flow {@code errors}. */
class NotificationVariablesTest {
    private static final String FILE = """
            flows:
              errors:
                allow: 7 per 2h
                summary-at: 4
                channels: [inbox]
                variants: [{name: critical, when: {severity: critical}, allow: 20 per 1h}]
              others: {allow: 1 per 1h}
            """;

    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void allThreeNumbersWinOverTheFileForTheFlowItselfAndForNothingElse() {
        ServerConfig config = reading.read(
                FILE,
                Map.of(
                        "NOTIFICATION_RATE_LIMIT_PER_HOUR", "10",
                        "NOTIFICATION_COOLDOWN_MINUTES", "30",
                        "NOTIFICATION_AGGREGATE_THRESHOLD", "2"));
        assertThat(rule(config, "").allowance()).isEqualTo("10 per 30m");
        assertThat(rule(config, "").summaryAt()).isEqualTo(2);
        assertThat(rule(config, "").charged()).isFalse();
        assertThat(rule(config, "critical").allowance()).isEqualTo("20 per 1h");
        assertThat(config.flow("others").orElseThrow().rule("").allowance()).isEqualTo("once per 1h");
    }

    @ParameterizedTest
    @CsvSource({
        "NOTIFICATION_RATE_LIMIT_PER_HOUR, 9, 9 per 2h, 4",
        "NOTIFICATION_COOLDOWN_MINUTES, 90, 7 per 1h30m, 4",
        "NOTIFICATION_AGGREGATE_THRESHOLD, 6, 7 per 2h, 6"
    })
    void whatIsNotSetStaysAsTheFileSays(String name, String value, String allowance, int summaryAt) {
        Rule rule = rule(reading.read(FILE, Map.of(name, value)), "");
        assertThat(rule.allowance()).isEqualTo(allowance);
        assertThat(rule.summaryAt()).isEqualTo(summaryAt);
    }

    @Test
    void whereTheFlowHasNoCountOfItsOwnTheOthersHaveTheirDefaults() {
        String file = "flows: {errors: {allow: once until reset, channels: [inbox]}}";
        assertThat(rule(reading.read(file, Map.of("NOTIFICATION_COOLDOWN_MINUTES", "30")), "")
                        .allowance())
                .isEqualTo("5 per 30m");
        assertThat(rule(reading.read(file, Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", "3")), "")
                        .allowance())
                .isEqualTo("3 per 1h");
    }

    @Test
    void theDefaultsOfTheVariablesAreThoseOfTheStandardFlow() {
        ServerConfig unset = reading.read("", Map.of());
        ServerConfig set = reading.read(
                "",
                Map.of(
                        "NOTIFICATION_RATE_LIMIT_PER_HOUR", "5",
                        "NOTIFICATION_COOLDOWN_MINUTES", "60",
                        "NOTIFICATION_AGGREGATE_THRESHOLD", "3",
                        "NOTIFICATION_RATE_LIMITING_ENABLED", "true"));
        assertThat(rule(set, "").allowance()).isEqualTo(rule(unset, "").allowance());
        assertThat(rule(set, "").summaryAt()).isEqualTo(rule(unset, "").summaryAt());
        assertThat(set.flow("errors").orElseThrow().variants())
                .isEqualTo(unset.flow("errors").orElseThrow().variants());
    }

    @DisplayName("S4.7 a bad value is a start-up error that names the variable")
    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
            strings = {"0", "-1", "1.5", "", " ", " 5", "5 ", "five", "1e3", "+5", "1000001", "99999999999", "0x5"})
    void aBadValueIsAMistakeThatNamesTheVariable(String value) {
        for (String name : NotificationVariables.ALL.subList(0, 3)) {
            if (name.equals(NotificationVariables.COOLDOWN) && value.equals("1000001")) {
                continue;
            }
            assertThat(reading.mistakes(FILE, Map.of(name, value)))
                    .singleElement()
                    .asString()
                    .startsWith(name + ": '" + value + "' is not " + (value.matches("-?\\d+") ? "in 1" : "a number, 1")
                            + " to ")
                    .endsWith("; write only the number, or unset it");
        }
    }

    @DisplayName("S4.7 a switch that is neither yes nor no is a start-up error that names the variable")
    @ParameterizedTest(name = "[{0}]")
    @ValueSource(strings = {"", " ", "2", "maybe", "truee", "n", "enabled"})
    void aSwitchThatSaysNothing(String value) {
        assertThat(reading.mistakes(FILE, Map.of("NOTIFICATION_RATE_LIMITING_ENABLED", value)))
                .containsExactly("NOTIFICATION_RATE_LIMITING_ENABLED: '" + value
                        + "' is neither yes nor no; write true or false, or unset it");
    }

    @ParameterizedTest
    @CsvSource({"true, false", "1, false", "Yes, false", "ON, false", "FALSE, true", "0, true", "no, true", "Off, true"
    })
    void theSwitchWinsOverTheFile(String value, boolean shadow) {
        for (String file : new String[] {FILE, FILE.replace("summary-at: 4", "limiting: off")}) {
            ServerConfig config = reading.read(file, Map.of("NOTIFICATION_RATE_LIMITING_ENABLED", value));
            assertThat(config.flow("errors").orElseThrow().plan().shadow()).isEqualTo(shadow);
            assertThat(config.flow("others").orElseThrow().plan().shadow()).isFalse();
        }
    }

    @Test
    void theSwitchAndTheVariableOfSluiceMustAgree() {
        Map<String, String> both =
                Map.of("NOTIFICATION_RATE_LIMITING_ENABLED", "no", "SLUICE_FLOWS_ERRORS_LIMITING", "on");
        assertThat(reading.mistakes(FILE, both))
                .containsExactly("NOTIFICATION_RATE_LIMITING_ENABLED: says 'off' and SLUICE_FLOWS_ERRORS_LIMITING says"
                        + " 'on'; unset one of them");
    }

    @ParameterizedTest
    @CsvSource({"50, 10 per 1h", "9, once per 1h", "3, once per 1h"})
    void withoutAFileABackfillGetsAFifthOfTheLimit(String limit, String backfill) throws Exception {
        Map<String, String> environment = Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", limit);
        ConfigReader reader = new ConfigReader(Optional.empty(), environment, Optional.of(directory), Optional.empty());
        assertThat(rule(reader.read(), "backfill").allowance()).isEqualTo(backfill);
    }

    @Test
    void allMistakesAreToldAtOnceWithThoseOfTheFile() {
        Map<String, String> bad = new HashMap<>();
        NotificationVariables.ALL.forEach(name -> bad.put(name, "x"));
        assertThat(reading.mistakes(FILE + "  third: {}\n", bad))
                .hasSize(5)
                .anyMatch(each -> each.startsWith("sluice.yaml:8: flows.third.allow: is missing"));
    }

    @Test
    void withoutTheFlowTheyStandForNothingWhichIsAMistake() {
        assertThat(reading.mistakes(
                        "flows: {others: {allow: 1 per 1h}}", Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", "5")))
                .containsExactly("NOTIFICATION_RATE_LIMIT_PER_HOUR: there is no flow 'errors' that it could change;"
                        + " name one in the file, or unset it");
    }

    @Test
    void aVariableOfSluiceThatSaysSomethingElseIsAMistakeThatNamesBoth() {
        assertThat(reading.mistakes(
                        FILE,
                        Map.of(
                                "NOTIFICATION_RATE_LIMIT_PER_HOUR", "5",
                                "NOTIFICATION_COOLDOWN_MINUTES", "60",
                                "NOTIFICATION_AGGREGATE_THRESHOLD", "3",
                                "SLUICE_FLOWS_ERRORS_ALLOW", "6 per 1h",
                                "SLUICE_FLOWS_ERRORS_SUMMARY_AT", "2")))
                .containsExactlyInAnyOrder(
                        "NOTIFICATION_RATE_LIMIT_PER_HOUR and NOTIFICATION_COOLDOWN_MINUTES: says '5 per 60m' and"
                                + " SLUICE_FLOWS_ERRORS_ALLOW says '6 per 1h'; unset one of them",
                        "NOTIFICATION_AGGREGATE_THRESHOLD: says '3' and SLUICE_FLOWS_ERRORS_SUMMARY_AT says '2';"
                                + " unset one of them");
    }

    @Test
    void aVariableOfSluiceThatSaysTheSameIsNone() {
        ServerConfig config = reading.read(
                FILE,
                Map.of(
                        "NOTIFICATION_RATE_LIMIT_PER_HOUR", "5",
                        "NOTIFICATION_COOLDOWN_MINUTES", "60",
                        "NOTIFICATION_AGGREGATE_THRESHOLD", "3",
                        "SLUICE_FLOWS_ERRORS_ALLOW", "5 per 1h",
                        "SLUICE_FLOWS_ERRORS_SUMMARY_AT", "3"));
        assertThat(rule(config, "").allowance()).isEqualTo("5 per 1h");
    }

    @ParameterizedTest
    @CsvSource({"1, 1 makes no summary of one", "8, 8 is above the limit of 7"})
    void aThresholdThatMakesNoSummaryIsAWarning(String threshold, String why) throws Exception {
        ConfigReader.Understood understood = understand(Map.of("NOTIFICATION_AGGREGATE_THRESHOLD", threshold));
        assertThat(understood.warnings())
                .containsExactly("NOTIFICATION_AGGREGATE_THRESHOLD: " + why
                        + ", so no message is a summary; the digest tells what was held");
        assertThat(rule(understood.config(), "").summaryAt()).isZero();
    }

    @Test
    void aThresholdAboveTheLimitIsAWarningWhereverBothComeFrom() throws Exception {
        String lost = ", so no message is a summary; the digest tells what was held";
        Map<String, String> two = Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", "2");
        assertThat(new ConfigReader(Optional.empty(), two, Optional.empty(), Optional.empty())
                        .understand()
                        .warnings())
                .containsExactly("flows.errors.summary-at: 3 is above the limit of 2" + lost);
        assertThat(warnings(FILE, two)).containsExactly("flows.errors.summary-at: 4 is above the limit of 2" + lost);
        assertThat(warnings(FILE.replace("at: 4", "at: 1"), Map.of()))
                .containsExactly("flows.errors.summary-at: 1 makes no summary of one" + lost);
        assertThat(warnings(FILE.replace("allow: 7", "allow: 3"), Map.of("SLUICE_FLOWS_ERRORS_SUMMARY_AT", "5")))
                .containsExactly("flows.errors.summary-at: 5 is above the limit of 3" + lost);
    }

    @Test
    void aVariantThatLosesItsSummariesIsAWarningUnlessItPassesOneAtATime() throws Exception {
        String path = "flows.errors.variants[0].summary-at: ";
        assertThat(warnings(FILE.replace("allow: 20", "allow: 3"), Map.of()))
                .singleElement()
                .asString()
                .startsWith(path + "4 is above the limit of 3,");
        assertThat(warnings(FILE.replace("allow: 20", "summary-at: 2, allow: 1"), Map.of()))
                .singleElement()
                .asString()
                .startsWith(path + "2 is above the limit of 1,");
        assertThat(warnings(FILE.replace("allow: 20", "allow: 1"), Map.of())).isEmpty();
        assertThat(warnings(FILE.replace("allow: 20", "summary-at: 0, allow: 3"), Map.of()))
                .isEmpty();
        assertThat(warnings(FILE, Map.of())).isEmpty();
        for (Map<String, String> standard :
                List.of(Map.<String, String>of(), Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", "10"))) {
            assertThat(new ConfigReader(Optional.empty(), standard, Optional.empty(), Optional.empty())
                            .understand()
                            .warnings())
                    .isEmpty();
        }
    }

    @Test
    void aNameThatIsAlmostOneOfTheFourIsAWarning() throws Exception {
        assertThat(warnings(
                        FILE,
                        Map.of(
                                "NOTIFICATION_RATE_LIMIT_PR_HOUR", "2",
                                "NOTIFICATION_COOLDOWN_FOR_EVERYTHING_THERE_IS", "2",
                                "NOTIFICATION_URL", "of somebody else")))
                .containsExactly(
                        "NOTIFICATION_COOLDOWN_FOR_EVERYTHING_THERE_IS: stands for nothing; known are "
                                + String.join(", ", NotificationVariables.ALL),
                        "NOTIFICATION_RATE_LIMIT_PR_HOUR: stands for nothing; did you mean"
                                + " NOTIFICATION_RATE_LIMIT_PER_HOUR?");
    }

    @Test
    void aLimitThatCannotBeClaimedCountsWithoutClaims() {
        Rule rule = rule(reading.read(FILE, Map.of("NOTIFICATION_RATE_LIMIT_PER_HOUR", "65")), "");
        assertThat(rule.limit()).isEqualTo(65);
        assertThat(rule.charged()).isTrue();
    }

    @Test
    void everyValueSaysWhereItCameFrom() throws Exception {
        assertThat(understand(Map.of(
                                "NOTIFICATION_RATE_LIMIT_PER_HOUR", "10",
                                "NOTIFICATION_COOLDOWN_MINUTES", "30",
                                "SLUICE_HTTP_PORT", "9000"))
                        .settings())
                .contains(
                        new Setting(
                                "flows.errors.allow",
                                "10 per 30m",
                                "NOTIFICATION_RATE_LIMIT_PER_HOUR and NOTIFICATION_COOLDOWN_MINUTES"),
                        new Setting("flows.errors.summary-at", "4", directory.resolve("sluice.yaml") + ":4"),
                        new Setting("flows.errors.variants[0].when", "{severity: critical}", file(6)),
                        new Setting("http.port", "9000", "SLUICE_HTTP_PORT"));
    }

    private String file(int line) {
        return directory.resolve("sluice.yaml") + ":" + line;
    }

    private ConfigReader.Understood understand(Map<String, String> environment) throws Exception {
        return understand(FILE, environment);
    }

    private List<String> warnings(String yaml, Map<String, String> environment) throws Exception {
        return understand(yaml, environment).warnings();
    }

    private ConfigReader.Understood understand(String yaml, Map<String, String> environment) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
        return new ConfigReader(Optional.of(file), environment, Optional.empty(), Optional.empty()).understand();
    }

    private static Rule rule(ServerConfig config, String variant) {
        return config.flow("errors").orElseThrow().rule(variant);
    }
}
