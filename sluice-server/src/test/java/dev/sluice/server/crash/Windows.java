package dev.sluice.server.crash;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Finds windows as the semantics draw them: the first completion opens one, and at its end it is over. */
final class Windows {
    private Windows() {}

    /**
     * What completions drew.
     *
     * @param from its first completion
     * @param to when it was over
     * @param completions how many it saw
     */
    record Window(Instant from, Instant to, int completions) {
        boolean holds(Instant at) {
            return !at.isBefore(from) && at.isBefore(to);
        }
    }

    /** All windows, in their order. */
    static List<Window> of(List<Instant> completions, Duration length) {
        List<Window> windows = new ArrayList<>();
        for (Instant at : completions.stream().sorted().toList()) {
            int last = windows.size() - 1;
            if (last >= 0 && windows.get(last).holds(at)) {
                Window open = windows.get(last);
                windows.set(last, new Window(open.from, open.to, open.completions + 1));
            } else {
                windows.add(new Window(at, at.plus(length), 1));
            }
        }
        return windows;
    }
}
