package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.examples.Original.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The model does what was measured of the original. */
class OriginalTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T18:00:00Z");
    private static final Duration HOUR = Duration.ofMinutes(60);

    @Test
    void ofTenAtOnceFiveAreSentAndTheThirdIsASummary() {
        assertThat(marks(Original.standard(), 10, Duration.ZERO)).isEqualTo("S S A S S . . . . .");
    }

    @Test
    void otherSettings() {
        assertThat(marks(new Original(3, 3, HOUR), 6, Duration.ZERO)).isEqualTo("S S A . . .");
        assertThat(marks(new Original(5, 1, HOUR), 6, Duration.ZERO)).isEqualTo("S S S S S .");
        assertThat(marks(new Original(5, 6, HOUR), 6, Duration.ZERO)).isEqualTo("S S S S S .");
        assertThat(marks(new Original(5, 5, HOUR), 6, Duration.ZERO)).isEqualTo("S S S S A .");
        assertThat(marks(new Original(0, 3, HOUR), 3, Duration.ZERO)).isEqualTo("S . .");
        assertThat(marks(new Original(1, 1, HOUR), 3, Duration.ZERO)).isEqualTo("S . .");
        assertThat(marks(new Original(5, 3, Duration.ZERO), 8, Duration.ofMillis(1)))
                .isEqualTo("S S S S S S S S");
    }

    @Test
    void anErrorEachHourIsNeverForgottenAndOneASecondLaterAlways() {
        assertThat(sent(48, Duration.ofHours(1))).hasSize(5);
        assertThat(marks(Original.standard(), 48, Duration.ofSeconds(3601)))
                .isEqualTo(String.join(" ", "S".repeat(48).split("")));
    }

    @Test
    void ofSixHundredInEighteenHoursFiveAreSentInTheFirstSevenMinutes() {
        assertThat(sent(600, Duration.ofSeconds(108)))
                .hasSize(5)
                .last()
                .isEqualTo(Duration.ofMinutes(7).plusSeconds(12));
    }

    @Test
    void ofOneEachTenMinutesForTwoDaysFiveAreSent() {
        assertThat(sent(288, Duration.ofMinutes(10))).hasSize(5);
    }

    @Test
    void whatDiffersInTheFirstHundredCharactersIsAnotherSignature() {
        Original original = Original.standard();
        List<Verdict> verdicts = IntStream.range(0, 600)
                .mapToObj(i -> original.decide(new Fault(BEGIN, "P", "T", "Error processing 2025-12-" + i)))
                .toList();
        assertThat(verdicts).containsOnly(Verdict.SENT);
    }

    @Test
    void spacesAroundAndCaseMakeNoOtherSignature() {
        Original original = new Original(1, 3, HOUR);
        assertThat(original.decide(new Fault(BEGIN, "P", "T", "Text"))).isEqualTo(Verdict.SENT);
        assertThat(original.decide(new Fault(BEGIN, " p", "t ", "TEXT "))).isEqualTo(Verdict.MUTED);
    }

    private static List<Duration> sent(int count, Duration apart) {
        Original original = Original.standard();
        List<Duration> sent = new ArrayList<>();
        for (Fault fault : faults(count, apart)) {
            if (original.decide(fault) != Verdict.MUTED) {
                sent.add(Duration.between(BEGIN, fault.at()));
            }
        }
        return sent;
    }

    private static String marks(Original original, int count, Duration apart) {
        return faults(count, apart).stream()
                .map(fault -> switch (original.decide(fault)) {
                    case SENT -> "S";
                    case SUMMARY -> "A";
                    case MUTED -> ".";
                })
                .collect(Collectors.joining(" "));
    }

    private static List<Fault> faults(int count, Duration apart) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Fault(BEGIN.plus(apart.multipliedBy(i)), "P", "T", "the same"))
                .toList();
    }
}
