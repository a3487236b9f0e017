package dev.sluice.benchmarks;

import dev.sluice.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How well fingerprints of whole messages group real logs: the share of the messages whose group is exactly the group
 * that people put them in. One message too many or too few makes all of its group wrong.
 *
 * <p>{@code java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.GroupingAccuracy DIRECTORY}
 */
public final class GroupingAccuracy {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final UnaryOperator<String> NORMALISED = new Fingerprint("message", Fingerprint.WHOLE, true)::of;
    private static final UnaryOperator<String> AS_IT_STANDS = new Fingerprint("message", Fingerprint.WHOLE, false)::of;

    private GroupingAccuracy() {}

    /** Prints a table, a line for each log. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: GroupingAccuracy DIRECTORY (of *_structured.csv files)");
        }
        List<LabelledLog> logs = LabelledLog.in(Path.of(arguments[0]));
        System.out.println(
                "| log | messages | groups | groups found | accuracy | digits replaced only | as it stands |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (LabelledLog log : logs) {
            System.out.printf(
                    "| %s | %d | %d | %d | %.4f | %.4f | %.4f |%n",
                    log.name(),
                    log.messages().size(),
                    Set.copyOf(log.events()).size(),
                    log.messages().stream().map(NORMALISED).distinct().count(),
                    of(log, NORMALISED),
                    of(log, GroupingAccuracy::digits),
                    of(log, AS_IT_STANDS));
        }
        System.out.printf(
                "| **average** | | | | **%.4f** | %.4f | %.4f |%n",
                average(logs, NORMALISED), average(logs, GroupingAccuracy::digits), average(logs, AS_IT_STANDS));
    }

    /** The average over logs, however long each is. */
    static double average(List<LabelledLog> logs, UnaryOperator<String> print) {
        return logs.stream().mapToDouble(log -> of(log, print)).average().orElseThrow();
    }

    /** The share of the messages whose group is exactly right, 0 to 1. */
    static double of(LabelledLog log, UnaryOperator<String> print) {
        List<String> prints = log.messages().stream().map(print).toList();
        Set<Set<Integer>> found = new HashSet<>(groups(prints, log));
        found.retainAll(groups(log.events(), log));
        return found.stream().mapToInt(Set::size).sum() / (double) prints.size();
    }

    private static Set<Set<Integer>> groups(List<String> labels, LabelledLog log) {
        Map<String, Set<Integer>> groups =
                log.lines().boxed().collect(Collectors.groupingBy(labels::get, Collectors.toSet()));
        return Set.copyOf(groups.values());
    }

    private static String digits(String message) {
        return DIGITS.matcher(AS_IT_STANDS.apply(message)).replaceAll("0");
    }
}
