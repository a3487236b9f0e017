package dev.sluice;

import java.util.List;

/**
 * What one step gave.
 *
 * @param before the state of the key before the step
 * @param state the new state of the key
 * @param answer to the event
 * @param effects what else happened to the key, in time order; usually none
 */
public record Outcome(State before, State state, Answer answer, List<Effect> effects) {
    /** What the step moved in the books; {@code event} is the one that was applied. */
    public Books books(Event event) {
        return Books.of(event, this);
    }
}
