package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Micros;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** However many questions a work has, it waits for them together no longer than one rule says, and a little for each. */
class PatienceTest {
    private static final Rule WITHIN_A_SECOND =
            Rule.allow("5 per 1h").answerWithin(Duration.ofSeconds(1)).build();
    private static final Rule AT_ONCE =
            Rule.allow("5 per 1h").answerWithin(Duration.ofMillis(20)).build();

    private final AtomicLong nanos = new AtomicLong();
    private final Patience patience = new Patience(nanos::get);

    private void asks(Duration length) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletableFuture<String> told = patience.spend(() -> answer).toCompletableFuture();
        nanos.addAndGet(length.toNanos());
        answer.complete("answer");
        assertThat(told).isCompletedWithValue("answer");
    }

    private Duration left(Rule rule) {
        return Duration.ofNanos(patience.left(rule) * 1_000);
    }

    @Test
    void quickAnswersTakeNothingOff() {
        asks(Duration.ofMillis(2));
        asks(Duration.ofMillis(3));
        assertThat(left(WITHIN_A_SECOND)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whatOneQuestionTookTheNextOneDoesNotHave() {
        asks(Duration.ofMillis(600));
        assertThat(left(WITHIN_A_SECOND)).isEqualTo(Duration.ofMillis(400));
        asks(Duration.ofMillis(400));
        assertThat(left(WITHIN_A_SECOND)).isEqualTo(Duration.ofMillis(50));
        asks(Duration.ofSeconds(10));
        assertThat(left(WITHIN_A_SECOND)).isEqualTo(Duration.ofMillis(50));
    }

    @Test
    void whatTheDatabaseTookBetweenQuestionsIsNotCounted() {
        asks(Duration.ofMillis(100));
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(left(WITHIN_A_SECOND)).isEqualTo(Duration.ofMillis(900));
        assertThat(Micros.of(Duration.ofMillis(50))).isEqualTo(patience.left(AT_ONCE));
    }
}
