package dev.sluice.contract;

import dev.sluice.Books;
import dev.sluice.Event;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.util.Optional;

/** One key on which a history is played. */
interface Subject {
    Outcome apply(Rule rule, Event event, long now);

    /** Deletes the key if that may be; what that moved in the books. */
    Optional<Books> forget(Rule rule, long now);

    /** Whether nothing is kept of the key. */
    boolean isAbsent();

    /** A key in a variable. */
    static Subject of(Evaluator evaluator) {
        return new Subject() {
            private State state = State.EMPTY;

            @Override
            public Outcome apply(Rule rule, Event event, long now) {
                Outcome outcome = evaluator.apply(state, rule, event, now);
                state = outcome.state();
                return outcome;
            }

            @Override
            public Optional<Books> forget(Rule rule, long now) {
                Outcome outcome = Step.forget(state, rule, now);
                if (outcome == null) {
                    return Optional.empty();
                }
                state = State.absent(state.fence());
                return Optional.of(outcome.books(new Event.Take()));
            }

            @Override
            public boolean isAbsent() {
                return false;
            }
        };
    }
}
