package dev.sluice.server.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Collects what is wrong, so that all of it can be told at once. */
final class Mistakes {
    /** A value that is read twice is still one mistake. */
    private final Set<Mistake> found = new LinkedHashSet<>();

    void add(Place place, String path, String what, String instead) {
        found.add(new Mistake(place.source(), place.line(), path, what, instead));
    }

    int count() {
        return found.size();
    }

    /** @throws ConfigException if there is any */
    void check() throws ConfigException {
        if (!found.isEmpty()) {
            // What has lines comes first, and in their order.
            throw new ConfigException(found.stream()
                    .sorted(Comparator.comparing((Mistake it) -> it.line() == 0)
                            .thenComparing(Mistake::source)
                            .thenComparingInt(Mistake::line))
                    .toList());
        }
    }
}
