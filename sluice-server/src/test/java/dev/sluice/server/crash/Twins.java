package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Interruption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks for what reached a sink more than once, and for what kept the server from knowing that it was there. */
final class Twins {
    private static final String SLOW = "a slow reply";

    /**
     * On a busy machine a sender may use up most of its time before it is heard; what then comes again comes after its
     * rest. Two senders of the same message are closer together.
     */
    private static final Duration SLOWEST = Duration.ofMillis(500);

    /** What was accepted longer than this before something happened had been written down by then. */
    private static final Duration WRITTEN_WITHIN = Scene.ATTEMPT_LEASE;

    private final Function<Told, Optional<Flow>> flows;
    private final Journal journal;
    private final List<Finding> findings;
    private final Map<String, Integer> byReason = new TreeMap<>();

    /** Adds what it finds to {@code findings}. */
    Twins(Function<Told, Optional<Flow>> flows, Journal journal, List<Finding> findings) {
        this.flows = flows;
        this.journal = journal;
        this.findings = findings;
    }

    /** Those with a declared reason, by that reason. */
    Map<String, Integer> byReason() {
        return Map.copyOf(byReason);
    }

    /** Looks at all arrivals of a run that ended then. */
    void look(Instant end) {
        List<Arrival> arrivals = journal.arrivals();
        arrivals.stream()
                .collect(Collectors.groupingBy(arrival -> arrival.channel() + " " + arrival.id()))
                .values()
                .forEach(this::sameId);
        arrivals.stream()
                .filter(arrival -> arrival.told() instanceof Told.Pass)
                .collect(Collectors.groupingBy(arrival -> arrival.channel() + " " + arrival.told()))
                .values()
                .forEach(same -> oneId(same, end));
        slowTwinsAreRare(arrivals.size(), end);
    }

    /** Several arrivals under one id: each but the last must have left the server in the dark. */
    private void sameId(List<Arrival> arrivals) {
        List<Arrival> ordered =
                arrivals.stream().sorted(Comparator.comparing(Arrival::at)).toList();
        for (int i = 1; i < ordered.size(); i++) {
            twin(ordered.get(i - 1), ordered.get(i));
        }
    }

    private void twin(Arrival before, Arrival after) {
        Optional<String> reason = reason(before, after);
        Optional<Flow> flow = flows.apply(after.told());
        if (reason.isEmpty()) {
            find(flow, "sent again although it was accepted: " + before + ", " + after, before.at());
        } else if (flow.map(Flow::lost).equals(Optional.of(Flow.Lost.DROP))) {
            find(flow, "sent again under drop: " + before + ", " + after, before.at());
        } else {
            byReason.merge(reason.get(), 1, Integer::sum);
        }
    }

    /** What kept the server from knowing that the earlier one arrived. */
    private Optional<String> reason(Arrival before, Arrival after) {
        if (before.conduct() != Conduct.ACCEPT) {
            return Optional.of(reason(before.conduct()));
        }
        Optional<String> interruption = journal.interruptions().stream()
                .filter(each -> each.touches(before.at(), after.at()))
                .filter(each -> !each.from().isAfter(before.at().plus(WRITTEN_WITHIN)))
                .map(Interruption::what)
                .findFirst();
        boolean late = Duration.between(before.at(), after.at()).compareTo(SLOWEST) >= 0;
        return interruption.or(() -> late ? Optional.of(SLOW) : Optional.empty());
    }

    /** The name of a twin that the sink itself asked for. */
    static String reason(Conduct conduct) {
        return "sink: " + conduct.name().toLowerCase(Locale.ROOT);
    }

    /** The same occurrence on the same channel. */
    private void oneId(List<Arrival> same, Instant end) {
        List<String> ids = same.stream().map(Arrival::id).distinct().toList();
        if (ids.size() > 1) {
            Arrival one = same.get(0);
            find(flows.apply(one.told()), one.told() + " reached " + one.channel() + " under the ids " + ids, end);
        }
    }

    /** The machine was so busy that an accepting reply took longer than the server waits: rare, or a fault. */
    private void slowTwinsAreRare(int arrivals, Instant end) {
        int slow = byReason.getOrDefault(SLOW, 0);
        if (slow > 2 + arrivals / 100) {
            find(Optional.empty(), slow + " messages were sent again long after they were accepted", end);
        }
    }

    private void find(Optional<Flow> flow, String what, Instant at) {
        findings.add(new Finding(Promise.NOTHING_TWICE, flow.map(Flow::name).orElse(""), what, at));
    }
}
