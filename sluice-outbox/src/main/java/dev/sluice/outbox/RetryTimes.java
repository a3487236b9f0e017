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
     * An attempt that failed.
     *
     * @param number 1 for the first
     * @param started when it started
     * @param ended when it failed
     * @param wish how long its receiver asks to be left alone after that; 0 if it does not
     */
    record Failed(int number, long started, long ended, long wish) {}

    /**
     * The start of the next attempt. A wish of the receiver beyond the end of the message still leaves one attempt at
     * the last moment: whoever asks for a year does not decide that the message is dead now.
     *
     * @param giveUpAt when the message is dead
     * @param chance 0 to 1, drawn by the caller: 0.5 is the exact wait
     * @return empty if there is none: all attempts are used up, or the next could end after {@code giveUpAt}
     */
    OptionalLong next(Failed failed, long giveUpAt, double chance) {
        long last = lastStart(giveUpAt);
        if (failed.number() >= rule.attempts()) {
            return OptionalLong.empty();
        }
        long from = rule.from() == OnFailure.From.START ? failed.started() : failed.ended();
        long at = Math.max(from + rest(failed.number(), chance), failed.ended());
        long wished = Math.min(failed.ended() + failed.wish(), last);
        return at > last ? OptionalLong.empty() : OptionalLong.of(Math.max(at, wished));
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
