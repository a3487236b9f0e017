package dev.sluice.outbox;

import java.util.random.RandomGenerator;

/** A source of chance that many threads may use, over one that perhaps only one may. */
final class Dice implements RandomGenerator {
    private final RandomGenerator source;

    Dice(RandomGenerator source) {
        this.source = source;
    }

    @Override
    public synchronized long nextLong() {
        return source.nextLong();
    }

    /** A name that nobody else has. */
    String name() {
        return "%016x%016x".formatted(nextLong(), nextLong());
    }
}
