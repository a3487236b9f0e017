package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Fingerprint;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How well the fingerprint groups messages. Public logs are measured where they are: in the directory that
 * {@code -Dsluice.loghub} names, or beside the checkout.
 */
class GroupingAccuracyTest {
    private static final UnaryOperator<String> NORMALISED = new Fingerprint("message", Fingerprint.WHOLE, true)::of;
    private static final double LEAST_ON_PUBLIC_LOGS = 0.985;

    @TempDir
    Path directory;

    @Test
    void ourOwnMessagesAreGroupedExactly() throws Exception {
        List<LabelledLog> own = LabelledLog.in(own());
        assertThat(own).hasSize(1);
        assertThat(GroupingAccuracy.average(own, NORMALISED)).isEqualTo(1);
        assertThat(GroupingAccuracy.average(own, String::strip)).isLessThan(0.2);
    }

    @Test
    void publicLogsAreGroupedAsWellAsTheDocumentSays() throws Exception {
        Path logs = publicLogs().orElse(own());
        assertThat(GroupingAccuracy.average(LabelledLog.in(logs), NORMALISED)).isGreaterThan(LEAST_ON_PUBLIC_LOGS);
    }

    @Test
    void oneMessageTooManyOrTooFewMakesAllOfItsGroupWrong() {
        LabelledLog log = new LabelledLog("x", List.of("a", "a", "b", "b", "c"), List.of("1", "1", "2", "3", "4"));
        assertThat(GroupingAccuracy.of(log, message -> message)).isEqualTo(3 / 5.0);
        assertThat(GroupingAccuracy.of(log, message -> "one")).isZero();
    }

    @Test
    void quotedCellsAreReadAsTheyWereMeant() throws Exception {
        Files.writeString(
                directory.resolve("Some_log_structured.csv"),
                "EventId,Content\r\nE1,\"a, \"\"b\"\"\nc\"\r\nE2,plain\n");
        LabelledLog log = LabelledLog.in(directory).get(0);
        assertThat(log.name()).isEqualTo("Some");
        assertThat(log.messages()).containsExactly("a, \"b\"\nc", "plain");
        assertThat(log.events()).containsExactly("E1", "E2");
    }

    @Test
    void anEmptyDirectoryIsAMistake() {
        assertThatThrownBy(() -> LabelledLog.in(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("_structured.csv");
    }

    private static Path own() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GroupingAccuracyTest.class.getResource("logs"))
                .toURI());
    }

    private static Optional<Path> publicLogs() {
        return Stream.of(
                        Path.of(System.getProperty("sluice.loghub", "loghub")),
                        Path.of("..", "..", "shared", "data", "loghub"))
                .filter(Files::isDirectory)
                .findFirst();
    }
}
