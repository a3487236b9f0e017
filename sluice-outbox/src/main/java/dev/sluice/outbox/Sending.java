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
 * @param addresses to whom they go, if that is looked up at each attempt. What names its recipients itself goes to those.
 *     What is looked up is never grouped: to whom it goes is known only then. Budgets of recipients are charged for the
 *     channel
 * @param sweep how soon a subject without an address is looked up again, unless it occurs again before; more than zero
 */
public record Sending(
        List<String> channels, OnFailure onFailure, Duration groupWait, Optional<Addresses> addresses, Duration sweep) {
    /** How soon a subject without an address is looked up again, if nothing else is said. */
    public static final Duration SWEEP = Duration.ofSeconds(30);

    /** @throws IllegalArgumentException if the wait is negative or longer than half of give-up, or the sweep is not positive */
    public Sending {
        if (groupWait.isNegative() || groupWait.multipliedBy(2).compareTo(onFailure.giveUp()) > 0) {
            throw new IllegalArgumentException(
                    "a group cannot wait " + groupWait + ": at least 0, and at most half of give-up");
        }
        if (Micros.of(sweep) < 1) {
            throw new IllegalArgumentException("a sweep must take more than 0");
        }
        channels = List.copyOf(channels);
    }

    /** Each message by itself, to whom it names or the channels know. */
    public Sending(List<String> channels, OnFailure onFailure) {
        this(channels, onFailure, Duration.ZERO, Optional.empty(), SWEEP);
    }

    /** The same, and messages of a group wait so long for each other. */
    public Sending grouping(Duration wait) {
        return new Sending(channels, onFailure, wait, addresses, sweep);
    }

    /** The same, to whom {@code lookup} says at each attempt, asked again after {@code every} while that is nobody. */
    public Sending to(Addresses lookup, Duration every) {
        return new Sending(channels, onFailure, groupWait, Optional.of(lookup), every);
    }
}
