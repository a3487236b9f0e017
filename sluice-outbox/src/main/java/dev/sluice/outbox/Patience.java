package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Store;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How long one work waits for the store of keys. What its questions took is taken off what the next one may take, so that
 * many budgets at a slow store wait together no longer than one rule says. For one work, whose questions follow each other.
 */
final class Patience {
    /** Every question may take so long, however long those before it took. */
    private static final long LEAST = Micros.of(Duration.ofMillis(50));

    private static final long NANOS_PER_MICRO = 1_000;

    private final LongSupplier nanos;
    private long spent;

    /** @param nanos a clock that is never set back, in nanoseconds */
    Patience(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Asks for a step. */
    CompletionStage<Outcome> apply(Store keys, Command command) {
        return spend(() -> keys.apply(command.within(left(command.rule()))));
    }

    /** Asks what takes at most {@link #left}. */
    <T> CompletionStage<T> spend(Supplier<CompletionStage<T>> question) {
        long begun = nanos.getAsLong();
        return question.get().whenComplete((answer, failure) -> spent += (nanos.getAsLong() - begun) / NANOS_PER_MICRO);
    }

    /** In microseconds; a multiple of the least, so that those who wait are of few kinds. */
    long left(Rule rule) {
        long left = Math.max(rule.answerWithin() - spent, 1);
        return (left + LEAST - 1) / LEAST * LEAST;
    }
}
