package dev.sluice.examples;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * An error of the incident.
 *
 * @param at when it happens
 * @param processor where
 * @param type of what kind
 * @param message what it says
 */
record Fault(Instant at, String processor, String type, String message) {
    static final int COUNT = 600;
    static final Duration APART = Duration.ofSeconds(108);

    /** How long the incident lasts. */
    static final Duration LENGTH = APART.multipliedBy(COUNT);

    private static final long SEED = 20_260_114;
    private static final long FIRST_GAME = 22_500_400;

    /** What the errors of an incident say; no two of them the same. */
    enum Wording {
        /** The first hundred characters are the same in all of them. */
        CAUSE_FIRST(
                "NbacScheduleProcessor",
                "TypeError",
                "unsupported operand type(s) for -: 'datetime.datetime' and 'NoneType' while computing the tip-off of"
                        + " game 00%d (run %08x, attempt %d of 3)"),
        /** They begin with what differs. */
        ID_FIRST(
                "NbacBoxscoreProcessor",
                "TimeoutError",
                "Game 00%d, run %08x: no answer from 10.12.7.31:5432 in attempt %d of 3");

        private final String processor;
        private final String type;
        private final String text;

        Wording(String processor, String type, String text) {
            this.processor = processor;
            this.type = type;
            this.text = text;
        }
    }

    /** The incident: the same error every 108 seconds, for 18 hours. */
    static List<Fault> incident(Instant begin, Wording wording) {
        RandomGenerator random = new Random(SEED);
        return IntStream.range(0, COUNT)
                .mapToObj(i -> new Fault(
                        begin.plus(APART.multipliedBy(i)),
                        wording.processor,
                        wording.type,
                        wording.text.formatted(FIRST_GAME + i / 3, random.nextInt(), i % 3 + 1)))
                .toList();
    }

    String title() {
        return processor + ": " + type;
    }
}
