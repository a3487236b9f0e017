package dev.sluice.server.crash;

import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Draws how a sink treats the next message. Safe for use by several threads. */
final class Temper {
    private static final Map<Conduct, Integer> ROUGH = Map.of(
            Conduct.ACCEPT, 72,
            Conduct.LATE, 4,
            Conduct.CUT, 8,
            Conduct.HANG, 2,
            Conduct.REFUSE, 6,
            Conduct.REFUSE_BODY, 3,
            Conduct.REJECT, 2,
            Conduct.CLOSE, 3);

    private final RandomGenerator random;
    private final Map<Conduct, Integer> weights;
    private final Duration late;
    private volatile boolean calm;

    private Temper(RandomGenerator random, Map<Conduct, Integer> weights, Duration late) {
        this.random = random;
        this.weights = weights;
        this.late = late;
    }

    /** Everything that can go wrong does, now and then. */
    static Temper rough(RandomGenerator random, Duration late) {
        return new Temper(random, ROUGH, late);
    }

    /** Always the same. */
    static Temper always(Conduct conduct, RandomGenerator random, Duration late) {
        return new Temper(random, Map.of(conduct, 1), late);
    }

    /** From now on everything is accepted at once. */
    void calmDown() {
        calm = true;
    }

    /** How long a late reply takes. */
    Duration late() {
        return late;
    }

    Conduct draw() {
        if (calm) {
            return Conduct.ACCEPT;
        }
        int sum = weights.values().stream().mapToInt(Integer::intValue).sum();
        int drawn = number(sum);
        for (Conduct conduct : Conduct.values()) {
            drawn -= weights.getOrDefault(conduct, 0);
            if (drawn < 0) {
                return conduct;
            }
        }
        throw new IllegalStateException("the weights do not add up to " + sum);
    }

    private int number(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }
}
