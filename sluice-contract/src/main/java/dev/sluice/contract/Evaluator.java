package dev.sluice.contract;

import dev.sluice.Event;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;

/** What is compared with the semantics: the step itself, or one with a fault. */
@FunctionalInterface
interface Evaluator {
    Outcome apply(State state, Rule rule, Event event, long now);
}
