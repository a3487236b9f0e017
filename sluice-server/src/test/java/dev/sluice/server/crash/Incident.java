package dev.sluice.server.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Something that happens to the server while it is under load. */
sealed interface Incident {
    /** Its name in the table. */
    String name();

    /**
     * One of each named point and of each signal, and some kills at random, in random order.
     *
     * @param kills at least 1
     */
    static List<Incident> round(RandomGenerator random, int kills) {
        List<Incident> round = new ArrayList<>();
        Halt.points().forEach(point -> round.add(new Halt(point, 1 + random.nextInt(Halt.MOST_PASSES))));
        for (int i = 0; i < kills; i++) {
            round.add(new Kill(soon(random)));
        }
        round.add(new Terminate(soon(random)));
        Collections.shuffle(round, new Random(random.nextLong()));
        // What was frozen lives on, so the kill after it needs no start of its own.
        round.add(round.indexOf(lastKill(round)), new Freeze(soon(random), Scene.ATTEMPT_LEASE.plusMillis(200)));
        return List.copyOf(round);
    }

    private static Incident lastKill(List<Incident> round) {
        return round.stream()
                .filter(Kill.class::isInstance)
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    private static Duration soon(RandomGenerator random) {
        return Duration.ofMillis(random.nextInt(100, 1000));
    }

    /** The process halts by itself when it passes a named point for the n-th time. */
    record Halt(String point, int pass) implements Incident {
        /** Few enough that a point which is passed once for a digest is reached soon. */
        private static final int MOST_PASSES = 3;

        @Override
        public String name() {
            return point;
        }

        /** The system property that arms it. */
        String property() {
            return "sluice.crash-at=" + point + ":" + pass;
        }

        /** What the names of points begin with that only a server passes whose keys lie beside its database. */
        private static final String APART = "apart-";

        /** All points that a server names whose keys lie in its database, in its own order. */
        static List<String> points() {
            try {
                Object[] points =
                        Class.forName("dev.sluice.outbox.CrashPoints$Point").getEnumConstants();
                return Arrays.stream(points)
                        .map(point -> ((Enum<?>) point)
                                .name()
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '-'))
                        .filter(point -> !point.startsWith(APART))
                        .toList();
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("the server has no crash points any more", e);
            }
        }
    }

    /** {@code kill -9} after a while. */
    record Kill(Duration after) implements Incident {
        @Override
        public String name() {
            return "kill -9 at random";
        }
    }

    /** {@code kill -TERM} after a while. */
    record Terminate(Duration after) implements Incident {
        @Override
        public String name() {
            return "kill -TERM";
        }
    }

    /** {@code kill -STOP} after a while, {@code -CONT} after another. */
    record Freeze(Duration after, Duration length) implements Incident {
        @Override
        public String name() {
            return "kill -STOP, -CONT";
        }
    }
}
