package dev.sluice.examples;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What one receiver saw, in numbers.
 *
 * @param passes messages that carry an occurrence, summaries among them
 * @param summaries those that say how many there were
 * @param digests messages that tell what was held
 * @param told occurrences that digests told
 * @param fullest most passes in any hour that begins with a pass after the last such hour
 * @param last when the last message came, from the beginning
 * @param silence the longest time without a message while the incident lasted
 */
record Figures(int passes, int summaries, int digests, int told, int fullest, Duration last, Duration silence) {
    /** The figures of {@code arrivals}, which are in the order of their time. */
    static Figures of(Instant begin, List<Arrival> arrivals) {
        List<Arrival> digests = arrivals.stream().filter(Figures::isDigest).toList();
        List<Arrival> passes = arrivals.stream().filter(each -> !isDigest(each)).toList();
        return new Figures(
                passes.size(),
                (int) passes.stream()
                        .filter(each -> each.kind() == Arrival.Kind.SUMMARY)
                        .count(),
                digests.size(),
                digests.stream().mapToInt(Arrival::tells).sum(),
                fullest(passes),
                arrivals.isEmpty()
                        ? Duration.ZERO
                        : Duration.between(
                                begin, arrivals.get(arrivals.size() - 1).at()),
                silence(begin, arrivals));
    }

    private static boolean isDigest(Arrival arrival) {
        return arrival.kind() == Arrival.Kind.DIGEST;
    }

    private static int fullest(List<Arrival> passes) {
        int fullest = 0;
        int inWindow = 0;
        Instant end = Instant.MIN;
        for (Arrival pass : passes) {
            if (!pass.at().isBefore(end)) {
                end = pass.at().plus(Duration.ofHours(1));
                inWindow = 0;
            }
            inWindow++;
            fullest = Math.max(fullest, inWindow);
        }
        return fullest;
    }

    private static Duration silence(Instant begin, List<Arrival> arrivals) {
        Duration longest = Duration.ZERO;
        Instant last = begin;
        for (Arrival arrival : arrivals) {
            longest = longer(longest, Duration.between(last, arrival.at()));
            last = arrival.at();
        }
        return longer(longest, Duration.between(last, begin.plus(Fault.LENGTH)));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** As hours, minutes and seconds. */
    static String hours(Duration length) {
        return "%d:%02d:%02d".formatted(length.toHours(), length.toMinutesPart(), length.toSecondsPart());
    }
}
