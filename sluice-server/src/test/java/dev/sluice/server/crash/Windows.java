package dev.sluice.server.crash;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Finds windows as the semantics draw them: the first completion opens one, and at its end it is over. */
final class Windows {
    private Windows() {}

    /** The most completions that one window saw. */
    static int fullest(List<Instant> completions, Duration length) {
        int fullest = 0;
        int inWindow = 0;
        Instant end = Instant.MIN;
        for (Instant at : completions.stream().sorted().toList()) {
            if (!at.isBefore(end)) {
                end = at.plus(length);
                inWindow = 0;
            }
            inWindow++;
            fullest = Math.max(fullest, inWindow);
        }
        return fullest;
    }
}
