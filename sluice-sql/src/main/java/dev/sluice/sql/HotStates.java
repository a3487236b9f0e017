package dev.sluice.sql;

import dev.sluice.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The states that were committed last, decoded. They can be trusted because nobody else writes the file; after a commit
 * that failed they must be dropped. For one thread.
 */
final class HotStates {
    private static final float LOAD = 0.75f;

    private final Map<String, State> states;

    HotStates(int most) {
        states = new LinkedHashMap<>(16, LOAD, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
                return size() > most;
            }
        };
    }

    @Nullable
    State get(String key) {
        return states.get(key);
    }

    void committed(Collection<Slot> slots) {
        for (Slot slot : slots) {
            State state = slot.state();
            if (state == null) {
                states.remove(slot.key());
            } else {
                states.put(slot.key(), state);
            }
        }
    }

    void drop() {
        states.clear();
    }
}
