package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Judge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The figures of one or more runs, as a table. Safe for use by several threads. */
final class Report {
    private static final String ROW = "%-24s %7s %6s %6s%n";
    private static final double MILLIS = 1000;

    private final Map<String, Long> incidents = new LinkedHashMap<>();
    private final Map<String, Long> conducts = new TreeMap<>();
    private final Map<String, Long> lost = new TreeMap<>();
    private final Map<String, Long> twins = new TreeMap<>();
    private final List<Account> accounts = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> declared = new ArrayList<>();
    private final List<Duration> starts = new ArrayList<>();
    private final List<Duration> stops = new ArrayList<>();
    private long asked;
    private long answered;
    private long passes;
    private long arrivals;

    synchronized void happened(String incident) {
        add(incidents, incident, 1);
    }

    synchronized void startedWithin(Duration time) {
        starts.add(time);
    }

    synchronized void stoppedWithin(Duration time) {
        stops.add(time);
    }

    /** What happened at least once. */
    synchronized Set<String> incidents() {
        return Set.copyOf(incidents.keySet());
    }

    /** All broken promises. */
    synchronized List<Finding> broken() {
        return List.copyOf(findings);
    }

    /** Adds what a run gave. */
    synchronized void judged(Journal journal, Verdict verdict) {
        asked += journal.asked().size();
        answered += journal.answers().size();
        passes += journal.passes();
        arrivals += journal.arrivals().size();
        findings.addAll(verdict.findings());
        declared.addAll(journal.declared());
        verdict.twins().forEach((reason, count) -> add(twins, reason, count));
        verdict.findings().stream()
                .filter(each -> each.promise() == Promise.NOTHING_LOST)
                .forEach(each -> add(lost, next(journal, each.at()), 1));
        journal.arrivals().stream()
                .filter(each -> each.conduct() != Conduct.ACCEPT)
                .forEach(each -> add(conducts, Twins.reason(each.conduct()), 1));
    }

    /** Adds the accounts of a run. */
    synchronized void accounted(List<Account> run) {
        accounts.addAll(run);
    }

    private static void add(Map<String, Long> counts, String name, long count) {
        counts.merge(name, count, Long::sum);
    }

    /** What happened first after something was acknowledged. */
    private static String next(Journal journal, Instant at) {
        return journal.interruptions().stream()
                .filter(each -> !each.to().isBefore(at))
                .min(Comparator.comparing(Journal.Interruption::from))
                .map(Journal.Interruption::what)
                .orElse("nothing");
    }

    /** The table, and below it everything that was found. */
    synchronized String text() {
        StringBuilder text = new StringBuilder(ROW.formatted("incident", "times", "lost", "twins"));
        incidents.forEach((name, times) -> text.append(row(name, times)));
        conducts.forEach((name, times) -> text.append(row(name, times)));
        text.append(ROW.formatted("all", sum(incidents), sum(lost), sum(twins)));
        text.append("%d occurrences, %d acknowledged, %d of them passed; %d arrivals%n"
                .formatted(asked, answered, passes, arrivals));
        text.append("start-up %s, stop %s%n".formatted(range(starts), range(stops)));
        text.append(Account.table(accounts));
        declared.forEach(each -> text.append("declared %s%n".formatted(each)));
        findings.forEach(each -> text.append("BROKEN %s: %s%n".formatted(each.promise(), each.what())));
        return text.toString();
    }

    private String row(String name, long times) {
        return ROW.formatted(name, times, lost.getOrDefault(name, 0L), twins.getOrDefault(name, 0L));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String range(List<Duration> times) {
        List<Duration> sorted = times.stream().sorted().toList();
        return sorted.isEmpty()
                ? "never"
                : "%s median, %s at most, of %d"
                        .formatted(
                                seconds(sorted.get(sorted.size() / 2)),
                                seconds(sorted.get(sorted.size() - 1)),
                                sorted.size());
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / MILLIS);
    }
}
