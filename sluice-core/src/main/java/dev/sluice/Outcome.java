package dev.sluice;

import java.util.List;
import java.util.Optional;

/**
 * What one step gave.
 *
 * @param before the state of the key before the step
 * @param state the new state of the key
 * @param answer to the event
 * @param effects what else happened to the key, in time order; usually none
 */
public record Outcome(State before, State state, Answer answer, List<Effect> effects) {
    /** Who made the decision, if the store was not asked for it. */
    public Optional<Effect.Decider> elsewhere() {
        // By index: nearly every outcome has no effect, and every offer asks.
        for (int i = 0; i < effects.size(); i++) {
            if (effects.get(i) instanceof Effect.Elsewhere elsewhere) {
                return Optional.of(elsewhere.by());
            }
        }
        return Optional.empty();
    }

    /** What the step moved in the books; {@code event} is the one that was applied. */
    public Books books(Event event) {
        return Books.of(event, this);
    }
}
