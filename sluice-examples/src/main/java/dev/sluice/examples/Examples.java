package dev.sluice.examples;

import java.util.List;
import java.util.Optional;

/** The examples that there are. */
final class Examples {
    private static final List<Example> ALL =
            List.of(new ErrorFlood(), new MarginCall(), new MarginShortfall(), new AbandonedCart());

    private Examples() {}

    /** In the order in which they are listed. */
    static List<Example> all() {
        return ALL;
    }

    static Optional<Example> named(String name) {
        return ALL.stream().filter(example -> example.name().equals(name)).findFirst();
    }
}
