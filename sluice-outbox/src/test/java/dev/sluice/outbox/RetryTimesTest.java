package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Micros;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RetryTimesTest {
    private static final long SECOND = Micros.of(Duration.ofSeconds(1));
    private static final long LEASE = 30 * SECOND;
    private static final long STARTED = 100 * SECOND;
    private static final long ENDED = 103 * SECOND;
    private static final long FAR = 1_000_000 * SECOND;
    private static final double EXACT = 0.5;

    private static RetryTimes times(OnFailure.From from, double jitter) {
        return new RetryTimes(
                new OnFailure(Duration.ofSeconds(5), 2, Duration.ofSeconds(60), jitter, from, 6, Duration.ofHours(1)),
                LEASE);
    }

    private static long wait(int attempt, OnFailure.From from, double jitter, double chance) {
        return times(from, jitter).next(failed(attempt, ENDED, 0), FAR, chance).orElseThrow() - ENDED;
    }

    private static RetryTimes.Failed failed(int number, long ended, long wish) {
        return new RetryTimes.Failed(number, STARTED, ended, wish);
    }

    /** What is expected after which attempt, in seconds after its end. */
    private record Row(int attempt, long fromFailure, long fromStart) {}

    @Test
    void waitsGrowByTheFactorUpToTheMost() {
        List<Row> table = List.of(
                new Row(1, 5, 2), new Row(2, 10, 7), new Row(3, 20, 17), new Row(4, 40, 37), new Row(5, 60, 57));
        for (Row row : table) {
            assertThat(wait(row.attempt(), OnFailure.From.FAILURE, 0, EXACT))
                    .as("after attempt %d from its failure", row.attempt())
                    .isEqualTo(row.fromFailure() * SECOND);
            assertThat(wait(row.attempt(), OnFailure.From.START, 0, EXACT))
                    .as("after attempt %d from its start", row.attempt())
                    .isEqualTo(row.fromStart() * SECOND);
        }
    }

    @Test
    void aWaitThatPassedWhileTheAttemptRanIsOverAtOnce() {
        RetryTimes times = times(OnFailure.From.START, 0);
        assertThat(times.next(failed(1, STARTED + 9 * SECOND, 0), FAR, EXACT))
                .isEqualTo(OptionalLong.of(STARTED + 9 * SECOND));
    }

    @Test
    void chanceMovesAWaitByAtMostItsShare() {
        assertThat(wait(2, OnFailure.From.FAILURE, 0.2, 0)).isEqualTo(8 * SECOND);
        assertThat(wait(2, OnFailure.From.FAILURE, 0.2, EXACT)).isEqualTo(10 * SECOND);
        assertThat(wait(2, OnFailure.From.FAILURE, 0.2, 1)).isEqualTo(12 * SECOND);
    }

    @Test
    void afterTheLastAttemptThereIsNone() {
        assertThat(times(OnFailure.From.FAILURE, 0).next(failed(6, ENDED, 0), FAR, EXACT))
                .isEmpty();
    }

    @Test
    void noAttemptStartsThatCouldEndAfterTheMessageIsGivenUp() {
        RetryTimes times = times(OnFailure.From.FAILURE, 0);
        long justInTime = ENDED + 5 * SECOND + LEASE;
        assertThat(times.next(failed(1, ENDED, 0), justInTime, EXACT)).isEqualTo(OptionalLong.of(ENDED + 5 * SECOND));
        assertThat(times.next(failed(1, ENDED, 0), justInTime - 1, EXACT)).isEmpty();
    }

    @Test
    void aReceiverThatAsksToBeLeftAloneIsLeftAloneForAtLeastSoLong() {
        RetryTimes times = times(OnFailure.From.FAILURE, 0);
        assertThat(times.next(failed(1, ENDED, 47 * SECOND), FAR, EXACT))
                .isEqualTo(OptionalLong.of(ENDED + 47 * SECOND));
        assertThat(times.next(failed(1, ENDED, 2 * SECOND), FAR, EXACT)).isEqualTo(OptionalLong.of(ENDED + 5 * SECOND));
        assertThat(times.next(failed(6, ENDED, SECOND), FAR, EXACT)).isEmpty();
    }

    @Test
    void aReceiverThatAsksForLongerThanTheMessageLivesGetsItsLastAttemptAtTheLastMoment() {
        RetryTimes times = times(OnFailure.From.FAILURE, 0);
        long giveUp = ENDED + 600 * SECOND;
        assertThat(times.next(failed(1, ENDED, Micros.of(Micros.LONGEST)), giveUp, EXACT))
                .isEqualTo(OptionalLong.of(giveUp - LEASE));
    }
}
