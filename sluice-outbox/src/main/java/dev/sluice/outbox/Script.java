package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the store of keys has answered so far to one work, which is run again with each answer. A question is known by its
 * key and kind, and by how many of these the work asked before: ids and nonces are new in each run, and those of the first
 * count. For one thread at a time.
 */
final class Script {
    private static final int MOST_CONFLICTS = 5;

    private final Map<Place, Steps.Taken> outcomes = new HashMap<>();
    private final Map<Place, Optional<State>> states = new HashMap<>();
    private final Map<Place, Integer> asked = new HashMap<>();
    private final Patience patience = new Patience(System::nanoTime);
    private int conflicts;

    private record Place(Key key, Class<?> kind, int before) {}

    /** A question that is not answered yet: ends this run of the work. */
    @SuppressWarnings("serial") // never leaves the process
    abstract static sealed class Open extends RuntimeException {
        private static final long serialVersionUID = 1;

        Open() {
            super("a question to the store of keys", null, false, false);
        }
    }

    /** Which step, and where its outcome belongs. */
    static final class OpenStep extends Open {
        private static final long serialVersionUID = 1;
        private final transient Command command;
        private final transient Place place;

        private OpenStep(Command command, Place place) {
            this.command = command;
            this.place = place;
        }

        Command command() {
            return command;
        }
    }

    /** Which key's state, and where it belongs. */
    static final class OpenRead extends Open {
        private static final long serialVersionUID = 1;
        private final transient Place place;
        private final transient Optional<Rule> glance;

        private OpenRead(Place place, Optional<Rule> glance) {
            this.place = place;
            this.glance = glance;
        }

        /** The rule of the key, if the work goes on without an answer. */
        Optional<Rule> glance() {
            return glance;
        }

        Key key() {
            return place.key;
        }
    }

    /** Whether a run that met another server at the same rows is made again; not without end. */
    boolean mayTryAgain() {
        conflicts++;
        return conflicts <= MOST_CONFLICTS;
    }

    /** How long its questions may take. */
    Patience patience() {
        return patience;
    }

    /** Begins a run. */
    Script begin() {
        asked.clear();
        return this;
    }

    /** @throws OpenStep if it was not answered yet */
    Steps.Taken outcome(Command command) {
        Place place = next(command.key(), command.event().getClass());
        Steps.Taken known = outcomes.get(place);
        if (known == null) {
            throw new OpenStep(command, place);
        }
        return known;
    }

    /**
     * @param glance the rule of the key, if the work goes on without an answer
     * @throws OpenRead if it was not answered yet
     */
    Optional<State> state(Key key, Optional<Rule> glance) {
        Place place = next(key, State.class);
        Optional<State> known = states.get(place);
        if (known == null) {
            throw new OpenRead(place, glance);
        }
        return known;
    }

    /** What offers to a key gave so far. */
    List<Outcome> offered(Key key) {
        return outcomes.entrySet().stream()
                .filter(each -> each.getKey().key.equals(key) && each.getKey().kind == Event.Offer.class)
                .map(each -> each.getValue().outcome())
                .toList();
    }

    private Place next(Key key, Class<?> kind) {
        Place first = new Place(key, kind, 0);
        int before = asked.merge(first, 1, Integer::sum) - 1;
        return new Place(key, kind, before);
    }

    void answered(OpenStep open, Outcome outcome) {
        outcomes.put(open.place, new Steps.Taken(open.command.event(), outcome));
    }

    void answered(OpenRead open, Optional<State> state) {
        states.put(open.place, state);
    }

    /** The first question of its kind, asked before the work ran. */
    static OpenStep first(Command command) {
        Class<? extends Event> kind = command.event().getClass();
        return new OpenStep(command, new Place(command.key(), kind, 0));
    }
}
