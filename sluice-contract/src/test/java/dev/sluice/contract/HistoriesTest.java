package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Step;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random histories of one key. More of them: {@code ./mvnw verify -pl sluice-contract -am -Dtest=HistoriesTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.histories=1000000}. One again, step by step:
 * {@code -Dsluice.history.seed=N}.
 */
class HistoriesTest {
    private static final long COUNT = Long.getLong("sluice.histories", 1_000);
    private static final int LENGTH = 60;
    private static final Set<Check> ALL = EnumSet.allOf(Check.class);

    @Test
    @DisplayName("no history breaks a promise")
    void theStepKeepsEveryPromiseInEveryHistory() {
        assertThat(firstBroken(seeds(), Step::apply, ALL).map(it -> Play.text(it, Step::apply)))
                .isEmpty();
    }

    private static LongStream seeds() {
        Long one = Long.getLong("sluice.history.seed");
        return one == null ? LongStream.range(0, COUNT) : LongStream.of(one);
    }

    private static Optional<History> firstBroken(LongStream seeds, Evaluator evaluator, Set<Check> checks) {
        List<History> broken = seeds.parallel()
                .mapToObj(seed -> History.of(seed, LENGTH))
                .filter(history -> Play.fault(history, evaluator, checks).isPresent())
                .limit(1)
                .toList();
        return broken.stream().findFirst().map(history -> history.shrunk(less -> Play.fault(less, evaluator, checks)));
    }
}
