package dev.sluice.outbox;

import dev.sluice.Micros;
import java.util.OptionalLong;

/** When a failed delivery is tried again. Pure arithmetic; times in microseconds. */
final class RetryTimes {
    private final OnFailure rule;
    private final long attemptLength;

    /** @param attemptLength how long one attempt may take, in microseconds */
    RetryTimes(OnFailure rule, long attemptLength) {
        this.rule = rule;
        this.attemptLength = attemptLength;
    }

    /**
     * The start of the next attempt.
     *
     * @param attempt number of the attempt that failed, 1 for the first
     * @param started when it started
     * @param ended when it failed
     * @param giveUpAt when the message is dead
     * @param chance 0 to 1, drawn by the caller: 0.5 is the exact wait
     * @return empty if there is none: all attempts are used up, or the next could end after {@code giveUpAt}
     */
    OptionalLong next(int attempt, long started, long ended, long giveUpAt, double chance) {
        if (attempt >= rule.attempts()) {
            return OptionalLong.empty();
        }
        long from = rule.from() == OnFailure.From.START ? started : ended;
        long at = Math.max(from + rest(attempt, chance), ended);
        return at > lastStart(giveUpAt) ? OptionalLong.empty() : OptionalLong.of(at);
    }

    /** The last time at which an attempt may start, so that it ends before the message is given up. */
    long lastStart(long giveUpAt) {
        return giveUpAt - attemptLength;
    }

    private long rest(int attempt, double chance) {
        double grown = (double) Micros.of(rule.first()) * Math.pow(rule.factor(), attempt - 1);
        double exact = Math.min(grown, (double) Micros.of(rule.max()));
        return Math.round(exact * (1 + rule.jitter() * (2 * chance - 1)));
    }
}
