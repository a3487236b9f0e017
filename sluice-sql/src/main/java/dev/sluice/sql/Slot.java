package dev.sluice.sql;

import dev.sluice.Rule;
import dev.sluice.State;
import org.jspecify.annotations.Nullable;

/** One key in a batch: read once, stepped any number of times, written once. */
final class Slot {
    private final String key;
    private @Nullable State state;
    private @Nullable Rule rule;

    /** A key as the database has it; without a state if it has none. */
    Slot(String key, @Nullable State state) {
        this.key = key;
        this.state = state;
    }

    String key() {
        return key;
    }

    @Nullable
    State state() {
        return state;
    }

    /** The rule that was last at hand; null while nothing has changed. */
    @Nullable
    Rule rule() {
        return rule;
    }

    /** Changes the key, and says how to take that back. */
    Undo change(@Nullable State newState, Rule atHand) {
        Undo undo = new Undo(this, state, rule);
        state = newState;
        rule = atHand;
        return undo;
    }

    /** What a slot was before one change. */
    record Undo(Slot slot, @Nullable State state, @Nullable Rule rule) {
        void run() {
            slot.state = state;
            slot.rule = rule;
        }
    }
}
