package dev.sluice.contract;

import dev.sluice.Event;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * What happened in random histories, one step at a time: the material for the proof that another evaluator of the step
 * gives the same as {@link Step#apply}, byte for byte.
 */
public final class Vectors {
    private static final int LENGTH = 40;

    private Vectors() {}

    /**
     * One step of a history.
     *
     * @param before the state that it meets; {@link State#EMPTY} at the beginning
     * @param rule the rule at hand
     * @param event what happens
     * @param now microseconds; the clock of a history also stands still, and is set back
     */
    public record Vector(State before, Rule rule, Event event, long now) {}

    /** The steps of one history, in their order: for the same seed the same on every machine. */
    public static List<Vector> of(long seed) {
        List<Vector> vectors = new ArrayList<>();
        Evaluator recording = (state, rule, event, now) -> {
            vectors.add(new Vector(state, rule, event, now));
            return Step.apply(state, rule, event, now);
        };
        Play.fault(History.of(seed, LENGTH), recording, EnumSet.noneOf(Check.class));
        return vectors;
    }
}
