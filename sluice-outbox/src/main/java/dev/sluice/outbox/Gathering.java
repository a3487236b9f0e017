package dev.sluice.outbox;

import java.time.Duration;

/** Placeholder. */
final class Gathering {
    static final Duration LONGEST = Duration.ofSeconds(5);

    private Gathering() {}
}
