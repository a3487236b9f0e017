package dev.sluice.server.crash;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A flow as the checker configures it, and what it promises.
 *
 * @param name its name
 * @param limit completions in a window
 * @param window how long a window is
 * @param lost what happens to messages whose outcome is unknown
 * @param outage what is answered while the store is away
 * @param channels where its messages go to; none if the caller settles
 * @param subjects how many subjects the load draws from
 */
record Flow(String name, int limit, Duration window, Lost lost, Outage outage, List<String> channels, int subjects) {
    /** What is done about an attempt of which nobody knows the outcome. */
    enum Lost {
        /** Sent again under the same id. */
        RETRY,
        /** Never sent again. */
        DROP
    }

    /** What is done while nobody can say what was decided before. */
    enum Outage {
        /** Each process decides by itself. */
        LOCAL,
        /** Nothing passes. */
        CLOSED
    }

    String subject(int number) {
        return name + "-s" + number;
    }

    List<String> allSubjects() {
        return IntStream.range(0, subjects).mapToObj(this::subject).toList();
    }

    /** Whether callers settle its claims by themselves. */
    boolean claims() {
        return channels.isEmpty();
    }

    /** Its part of the configuration; what closes its windows is told only where somebody listens. */
    String yaml() {
        return """
              %s:
                allow: %d per %dms
                digest: %s
                lease: 2s
                on-lost-claim: %s
                on-outage: %s
                on-failure: {retry: {first: 200ms, factor: 1.5, max: 1s, jitter: 20%%, from: failure, attempts: 1000}, give-up: 1h, then: dead-letter}
                channels: [%s]
            """.formatted(
                        name,
                        limit,
                        window.toMillis(),
                        claims() ? "off" : "at-close",
                        lost == Lost.RETRY ? "retry" : "drop",
                        outage == Outage.LOCAL ? "local" : "closed",
                        String.join(", ", channels));
    }
}
