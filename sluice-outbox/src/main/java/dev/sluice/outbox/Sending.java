package dev.sluice.outbox;

import dev.sluice.Micros;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How messages of a flow are sent.
 *
 * @param channels names of the channels that they go to; empty if callers send by themselves
 * @param onFailure what happens to deliveries that fail
 * @param groupWait how long a message of a group waits for others to go out with it; zero for not at all, see
 *     {@link Outbox#gather}. Budgets are charged for each pass of a group, as if it went out alone
 * @param lastLook whether, and perhaps to whom, they still go, asked before each attempt. What is asked about is never
 *     grouped: whether it goes out is known only then
 * @param sweep how soon a subject without an address is looked up again, unless it occurs again before; more than zero.
 *     Empty: the last look says nothing about addresses. What names its recipients itself goes to those. Budgets of
 *     recipients are charged for the channel where addresses are looked up
 * @param writeBack where what becomes of its messages is written, after it is committed
 */
public record Sending(
        List<String> channels,
        OnFailure onFailure,
        Duration groupWait,
        Optional<LastLook> lastLook,
        Optional<Duration> sweep,
        Optional<WriteBack> writeBack) {
    /** @throws IllegalArgumentException if the wait is negative or longer than half of give-up, or the sweep is not positive */
    public Sending {
        if (groupWait.isNegative() || groupWait.multipliedBy(2).compareTo(onFailure.giveUp()) > 0) {
            throw new IllegalArgumentException(
                    "a group cannot wait " + groupWait + ": at least 0, and at most half of give-up");
        }
        if (sweep.isPresent() && (Micros.of(sweep.get()) < 1 || lastLook.isEmpty())) {
            throw new IllegalArgumentException("a sweep must take more than 0, and needs a last look");
        }
        channels = List.copyOf(channels);
    }

    /** Each message by itself, to whom it names or the channels know. */
    public Sending(List<String> channels, OnFailure onFailure) {
        this(channels, onFailure, Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same, and messages of a group wait so long for each other. */
    public Sending grouping(Duration wait) {
        return new Sending(channels, onFailure, wait, lastLook, sweep, writeBack);
    }

    /** The same, to whom {@code look} says at each attempt, asked again after {@code every} while that is nobody. */
    public Sending to(LastLook look, Duration every) {
        return new Sending(channels, onFailure, groupWait, Optional.of(look), Optional.of(every), writeBack);
    }

    /** The same, as long as {@code look} does not take it back. */
    public Sending looking(LastLook look) {
        return new Sending(channels, onFailure, groupWait, Optional.of(look), sweep, writeBack);
    }

    /** The same, and what becomes of its messages is written by {@code where}. */
    public Sending writingBack(WriteBack where) {
        return new Sending(channels, onFailure, groupWait, lastLook, sweep, Optional.of(where));
    }

    /** Whether it is looked up to whom they go. */
    public boolean looksUp() {
        return sweep.isPresent();
    }
}
