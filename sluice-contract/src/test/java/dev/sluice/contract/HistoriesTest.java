package dev.sluice.contract;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Step;
import dev.sluice.StepFaults;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Random histories of one key. More of them: {@code ./mvnw verify -pl sluice-contract -am -Dtest=HistoriesTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.histories=1000000}. One again, step by step:
 * {@code -Dsluice.history.seed=N}.
 */
class HistoriesTest {
    private static final long COUNT = Long.getLong("sluice.histories", 1_000);

    /** How many histories each check gets to find a seeded fault. */
    private static final long MOST_FOR_A_FAULT = 2_000;

    private static final int LENGTH = 60;

    /** Each seeded fault, with the checks that must notice it; ANSWER, STATE and BOOKS lean on the model. */
    private static final Map<StepFaults, Set<Check>> FOUND_BY = new EnumMap<>(Map.ofEntries(
            entry(StepFaults.BOUNDARY_INCLUSIVE, EnumSet.of(Check.ANSWER, Check.DUE)),
            entry(StepFaults.WINDOW_SLIDES, EnumSet.of(Check.ANSWER, Check.STATE)),
            entry(StepFaults.REFUND_LOST, EnumSet.of(Check.ANSWER, Check.BOOKS)),
            entry(StepFaults.FENCE_REUSED, EnumSet.of(Check.FENCES, Check.REPEAT)),
            entry(StepFaults.DIGEST_CLEARED_BY_TAKE, EnumSet.of(Check.BOOKS, Check.REPEAT, Check.DUE)),
            entry(StepFaults.DIGEST_CLEARS_THE_NEXT, EnumSet.of(Check.STATE, Check.BOOKS)),
            entry(StepFaults.REPEAT_COUNTED, EnumSet.of(Check.ANSWER, Check.REPEAT)),
            entry(StepFaults.REPORTER_FORGOTTEN, EnumSet.of(Check.STATE, Check.BOOKS)),
            entry(StepFaults.LIMIT_OFF_BY_ONE, EnumSet.of(Check.ANSWER, Check.CAP)),
            entry(StepFaults.LOSS_UNCOUNTED, EnumSet.of(Check.STATE, Check.BOOKS)),
            entry(StepFaults.OVERSHOOT_UNTOLD, EnumSet.of(Check.CAP, Check.BOOKS)),
            entry(StepFaults.TIME_OF_THE_LOOK, EnumSet.of(Check.STATE, Check.COMPOSES)),
            entry(StepFaults.OPEN_MARK_IGNORED, EnumSet.of(Check.ANSWER, Check.STATE)),
            entry(StepFaults.INHERITING_SHORTENS, EnumSet.of(Check.ANSWER, Check.STATE)),
            entry(StepFaults.INHERITED_AFTER_RESET, EnumSet.of(Check.STATE)),
            entry(StepFaults.ARMED_CLAIM_COUNTS, EnumSet.of(Check.ANSWER, Check.FORGET))));

    @Test
    @DisplayName("no history breaks a promise")
    void theStepKeepsEveryPromiseInEveryHistory() {
        Set<Check> all = EnumSet.allOf(Check.class);
        assertThat(firstBroken(seeds(), Step::apply, all).map(it -> Play.text(it, Step::apply)))
                .isEmpty();
    }

    @TestFactory
    @DisplayName("a step with a fault breaks a promise, and every check that should notice does")
    Stream<DynamicTest> theHistoriesFindEverySeededFault() {
        assertThat(FOUND_BY.keySet()).containsExactlyInAnyOrder(StepFaults.values());
        return FOUND_BY.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(check -> finds(check, entry.getKey())));
    }

    private static DynamicTest finds(Check check, StepFaults fault) {
        return DynamicTest.dynamicTest(
                check + " finds " + fault,
                () -> assertThat(firstBroken(LongStream.range(0, MOST_FOR_A_FAULT), fault::apply, EnumSet.of(check)))
                        .as("%s by %s", fault, check)
                        .isPresent());
    }

    @Test
    void aFailingHistoryIsShrunkToWhatMatters() {
        Evaluator faulty = StepFaults.DIGEST_CLEARED_BY_TAKE::apply;
        History broken = firstBroken(LongStream.range(0, COUNT), faulty, EnumSet.of(Check.BOOKS))
                .orElseThrow();

        assertThat(broken.moves()).hasSizeLessThan(8);
        assertThat(Play.fault(broken, faulty, EnumSet.of(Check.BOOKS))).isPresent();
    }

    private static LongStream seeds() {
        Long one = Long.getLong("sluice.history.seed");
        return one == null ? LongStream.range(0, COUNT) : LongStream.of(one);
    }

    private static Optional<History> firstBroken(LongStream seeds, Evaluator evaluator, Set<Check> checks) {
        return seeds.parallel()
                .mapToObj(seed -> History.of(seed, LENGTH))
                .filter(history -> Play.fault(history, evaluator, checks).isPresent())
                .findFirst()
                .map(history -> history.shrunk(less -> Play.fault(less, evaluator, checks)));
    }
}
