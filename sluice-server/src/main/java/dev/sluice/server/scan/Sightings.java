package dev.sluice.server.scan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Candidates that did not go out, by user: {@value #MOST} for each fate, the first ones that were read. Safe for use by many
 * threads.
 */
final class Sightings {
    static final int MOST = 500;

    private final Map<Class<? extends Sighting.Fate>, TreeMap<String, Sighting>> byFate = new LinkedHashMap<>();

    /** Takes the place of what was known of the user. */
    synchronized void put(Sighting sighting) {
        remove(sighting.user());
        TreeMap<String, Sighting> alike = byFate.computeIfAbsent(sighting.fate().getClass(), fate -> new TreeMap<>());
        if (alike.size() < MOST) {
            alike.put(sighting.user(), sighting);
        }
    }

    /** The user has no candidate any more, or it went out. */
    synchronized void remove(String user) {
        byFate.values().forEach(alike -> alike.remove(user));
    }

    /** What is known of a user. */
    synchronized Optional<Sighting> of(String user) {
        return byFate.values().stream()
                .flatMap(alike -> Optional.ofNullable(alike.get(user)).stream())
                .findFirst();
    }

    /** Those behind a user, in their order. */
    synchronized List<Sighting> after(String user) {
        TreeMap<String, Sighting> all = new TreeMap<>();
        byFate.values().forEach(alike -> all.putAll(alike.tailMap(user, false)));
        return new ArrayList<>(all.values());
    }
}
