package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.examples.Fault.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T18:00:00Z");

    @Test
    void theIncidentIsSixHundredErrorsInEighteenHoursOneCauseAndNoTwoTextsAlike() {
        List<Fault> faults = Fault.incident(BEGIN, Wording.CAUSE_FIRST);

        assertThat(faults).hasSize(600);
        assertThat(Fault.LENGTH).isEqualTo(Duration.ofHours(18));
        assertThat(faults.get(599).at()).isEqualTo(BEGIN.plus(Fault.LENGTH).minus(Fault.APART));
        assertThat(faults.stream().map(fault -> fault.message().substring(0, 100)))
                .containsOnly(faults.get(0).message().substring(0, 100));
        assertThat(faults.stream().map(Fault::message)).doesNotHaveDuplicates();
    }

    @Test
    void orTheyDifferFromTheFirstWordsOnWhichIsAllThatTheOriginalSees() {
        List<Fault> faults = Fault.incident(BEGIN, Wording.ID_FIRST);

        assertThat(faults.stream().map(Fault::message)).doesNotHaveDuplicates().allMatch(text -> text.length() < 100);
    }

    @Test
    void itIsTheSameIncidentEachTime() {
        assertThat(Fault.incident(BEGIN, Wording.ID_FIRST)).isEqualTo(Fault.incident(BEGIN, Wording.ID_FIRST));
    }
}
