package dev.sluice.outbox;

import dev.sluice.DamagedStateException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keys whose stored state could not be read since the start, each with what was found; at most 100. For many threads. */
final class Damage {
    private static final int MOST = 100;

    private final Map<String, String> keys = new LinkedHashMap<>();

    /** Looks whether a failure comes from a damaged state. */
    void look(Throwable failure) {
        for (Optional<Throwable> at = Optional.of(failure);
                at.isPresent();
                at = Optional.ofNullable(at.get().getCause())) {
            if (at.get() instanceof DamagedStateException damaged) {
                add(damaged);
            }
        }
    }

    private synchronized void add(DamagedStateException damaged) {
        if (keys.size() < MOST) {
            keys.putIfAbsent(damaged.key(), String.valueOf(damaged.getMessage()));
        }
    }

    synchronized Map<String, String> keys() {
        return new LinkedHashMap<>(keys);
    }
}
