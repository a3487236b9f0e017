package dev.sluice.outbox;

import java.time.Instant;

/**
 * Whether a channel as a whole can be reached, by the last attempt over it.
 *
 * @param channel its name
 * @param state what is known
 * @param since when that state began, by the clock of the store
 * @param why what an attempt found, where it is {@link State#DOWN}; empty otherwise
 */
public record Reach(String channel, State state, Instant since, String why) {
    /** What is known. */
    public enum State {
        /** Nothing was sent over it since the start. */
        UNTRIED,
        /** The last attempt reached somebody, whatever the answer was. */
        REACHED,
        /** The last attempt reached nobody. */
        DOWN
    }
}
