package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Judge.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What became of a flow, and so of what it promises.
 *
 * @param flow whose
 * @param keys how many subjects it had
 * @param deliveries how many messages reached a sink, twins left out
 * @param twins how many of them came again
 * @param undeclared how many of those without a declared reason
 * @param lost what was acknowledged and reached nobody, or was never told
 * @param stuck what was still under way at rest, or could not pass again
 * @param unaccounted how often the books were wrong
 */
record Account(
        Flow flow, long keys, long deliveries, long twins, long undeclared, long lost, long stuck, long unaccounted) {
    private static final String ROW = "%-32s %6s %10s %10s %10s %6s %6s %11s%n";

    static List<Account> of(List<Flow> flows, Journal journal, List<Stored> stored, Verdict verdict) {
        return flows.stream().map(flow -> of(flow, journal, stored, verdict)).toList();
    }

    private static Account of(Flow flow, Journal journal, List<Stored> stored, Verdict verdict) {
        List<Long> own = stored.stream()
                .filter(each -> each.flow().equals(flow.name()))
                .map(Stored::id)
                .toList();
        List<String> arrived = journal.arrivals().stream()
                .filter(each -> own.contains(each.message()))
                .map(each -> each.channel() + " " + each.id())
                .toList();
        long deliveries = arrived.stream().distinct().count();
        return new Account(
                flow,
                flow.subjects(),
                deliveries,
                arrived.size() - deliveries,
                count(flow, verdict, List.of(Promise.NOTHING_TWICE)),
                count(flow, verdict, List.of(Promise.NOTHING_LOST, Promise.DIGESTS)),
                count(flow, verdict, List.of(Promise.NEVER_STUCK)),
                count(flow, verdict, List.of(Promise.BOOKS)));
    }

    private static long count(Flow flow, Verdict verdict, List<Promise> promises) {
        return verdict.findings().stream()
                .filter(each -> each.flow().equals(flow.name()) && promises.contains(each.promise()))
                .count();
    }

    /** One line for each flow, over all runs. */
    static String table(List<Account> all) {
        StringBuilder text = new StringBuilder(
                ROW.formatted("promise", "keys", "deliveries", "twins", "undeclared", "lost", "stuck", "unaccounted"));
        all.stream()
                .map(Account::flow)
                .distinct()
                .forEach(flow -> text.append(all.stream()
                        .filter(each -> each.flow().equals(flow))
                        .collect(Collectors.reducing(Account::plus))
                        .map(Account::row)
                        .orElse("")));
        return text.toString();
    }

    private Account plus(Account other) {
        return new Account(
                flow,
                keys,
                deliveries + other.deliveries,
                twins + other.twins,
                undeclared + other.undeclared,
                lost + other.lost,
                stuck + other.stuck,
                unaccounted + other.unaccounted);
    }

    private String row() {
        String promise = "%s: %d per %s, %s"
                .formatted(
                        flow.name(),
                        flow.limit(),
                        flow.window().toString().substring(2).toLowerCase(Locale.ROOT),
                        flow.lost().name().toLowerCase(Locale.ROOT));
        return ROW.formatted(promise, keys, deliveries, twins, undeclared, lost, stuck, unaccounted);
    }
}
