package dev.sluice.server.http;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Answers of one event loop that have no end of their own, so that they can be ended with the server. */
final class Streams {
    private final Set<Runnable> open = new HashSet<>();

    /** {@code end} ends a stream that has begun. */
    void begun(Runnable end) {
        open.add(end);
    }

    void ended(Runnable end) {
        open.remove(end);
    }

    void endAll() {
        List.copyOf(open).forEach(Runnable::run);
    }
}
