package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Answer;
import dev.sluice.server.crash.Journal.Asked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares what was asked and answered with what arrived and what the server shows, once everything is at rest. */
final class Judge {
    private final Map<String, Flow> flows;
    private final Journal journal;
    private final Map<String, Asked> asked;
    private final List<Arrival> arrivals;
    private final Map<Long, Stored> stored;
    private final Declared declared;
    private final Instant end;
    private final List<Finding> findings = new ArrayList<>();
    private final Twins twins;

    private Judge(List<Flow> flows, Journal journal, List<Stored> stored, Declared declared, Instant end) {
        this.flows = flows.stream().collect(Collectors.toMap(Flow::name, Function.identity()));
        this.journal = journal;
        this.asked = journal.asked();
        this.arrivals = journal.arrivals();
        this.declared = declared;
        this.stored = stored.stream().collect(Collectors.toMap(Stored::id, Function.identity()));
        this.end = end;
        this.twins = new Twins(this::flowOf, journal, findings);
    }

    /**
     * What was found.
     *
     * @param findings broken promises
     * @param twins messages that a sink took more than once for a declared reason, by that reason
     */
    record Verdict(List<Finding> findings, Map<String, Integer> twins) {
        long count(Promise promise) {
            return findings.stream().filter(each -> each.promise() == promise).count();
        }
    }

    /** Judges a run that is at rest since {@code end}, whose stores may cost nothing. */
    static Verdict judge(List<Flow> flows, Journal journal, List<Stored> stored, Instant end) {
        return judge(flows, journal, stored, Declared.NOTHING, end);
    }

    /** Judges a run that is at rest since {@code end}. */
    static Verdict judge(List<Flow> flows, Journal journal, List<Stored> stored, Declared declared, Instant end) {
        Judge judge = new Judge(flows, journal, stored, declared, end);
        judge.nothingLost();
        judge.twins.look(end);
        judge.cap();
        judge.digests();
        judge.atRest();
        judge.findings.addAll(journal.findings());
        return new Verdict(List.copyOf(judge.findings), judge.twins.byReason());
    }

    private String flowOf(String marker) {
        Asked known = asked.get(marker);
        return known == null ? "" : known.flow();
    }

    private Optional<Flow> flowOf(Told told) {
        String name = "";
        if (told instanceof Told.Pass pass) {
            name = flowOf(pass.marker());
        } else if (told instanceof Told.Digest digest) {
            name = digest.flow();
        }
        return Optional.ofNullable(flows.get(name));
    }

    private void find(Promise promise, String flow, String what, Instant at) {
        findings.add(new Finding(promise, flow, what, at));
    }

    // Nothing lost.

    private void nothingLost() {
        Map<String, List<Arrival>> passes = passes();
        journal.answers().forEach((marker, answer) -> {
            Flow flow = flows.get(flowOf(marker));
            if (flow != null && answer.passes() && !flow.claims()) {
                reached(flow, marker, answer, passes.getOrDefault(marker, List.of()));
            }
        });
    }

    /** Arrivals of passes by marker. */
    private Map<String, List<Arrival>> passes() {
        return arrivals.stream()
                .filter(arrival -> arrival.told() instanceof Told.Pass)
                .collect(Collectors.groupingBy(arrival -> ((Told.Pass) arrival.told()).marker()));
    }

    private void reached(Flow flow, String marker, Answer answer, List<Arrival> arrived) {
        Optional<Stored> message = answer.message().isPresent()
                ? Optional.ofNullable(stored.get(answer.message().getAsLong()))
                : Optional.empty();
        for (String channel : flow.channels()) {
            boolean there = arrived.stream().anyMatch(each -> each.channel().equals(channel));
            Optional<Stored.Delivery> delivery = message.flatMap(each -> each.to(channel));
            if (!there && !delivery.map(Stored.Delivery::givenUp).orElse(false)) {
                find(
                        Promise.NOTHING_LOST,
                        flow.name(),
                        marker + " passed, and never reached " + channel + "; shown as " + message,
                        answer.at());
            } else if (delivery.isEmpty()) {
                find(
                        Promise.BOOKS,
                        flow.name(),
                        marker + " passed, and the server does not show its message",
                        answer.at());
            }
        }
    }

    // Cap.

    private void cap() {
        journal.answers().forEach((marker, answer) -> {
            Flow flow = flows.get(flowOf(marker));
            if (flow != null && answer.delivered() > flow.limit() + declared.more(journal, flow, answer.at())) {
                find(Promise.CAP, flow.name(), marker + " was answered by " + answer, answer.at());
            }
        });
        Map<String, List<Arrival>> byKey =
                arrivals.stream().filter(arrival -> !key(arrival).isEmpty()).collect(Collectors.groupingBy(this::key));
        byKey.forEach(this::capOfKey);
    }

    /** The key of a pass, empty for anything else. */
    private String key(Arrival arrival) {
        Asked known = arrival.told() instanceof Told.Pass pass ? asked.get(pass.marker()) : null;
        return known == null ? "" : known.flow() + ":" + known.subject();
    }

    /**
     * Every completion lies between the first arrival and the end, and windows do not overlap: so no more can have
     * arrived than the limit for each window that fits in between, and those that were given up after they arrived.
     */
    private void capOfKey(String key, List<Arrival> arrivals) {
        Flow flow = flows.get(key.substring(0, key.indexOf(':')));
        if (flow == null) {
            return;
        }
        Instant first = arrivals.stream()
                .map(Arrival::at)
                .min(Comparator.naturalOrder())
                .orElse(end);
        long windows = Duration.between(first, end).dividedBy(flow.window()) + 1;
        long different = arrivals.stream()
                .map(arrival -> ((Told.Pass) arrival.told()).marker())
                .distinct()
                .count();
        long dead = stored.values().stream()
                .filter(each -> (each.flow() + ":" + each.subject()).equals(key)
                        && each.state().equals("dead"))
                .count();
        if (different > windows * flow.limit() + dead + declared.more(journal, flow)) {
            find(
                    Promise.CAP,
                    flow.name(),
                    key + " went out " + different + " times in at most " + windows + " windows",
                    first);
        }
    }

    // Digests.

    private void digests() {
        for (Flow flow : flows.values()) {
            if (!flow.claims()) {
                flow.allSubjects().forEach(subject -> digests(flow, subject));
            }
        }
        stored.values().stream().filter(Stored::isDigest).forEach(this::digestReached);
    }

    /** What was held is told: what was acknowledged for certain, and what may have counted without an answer. */
    private void digests(Flow flow, String subject) {
        Map<String, Answer> answers = journal.answers();
        long lost = declared.lost(journal, each -> each.isOf(flow, subject));
        long held = 0;
        long perhaps = declared.again(journal, each -> each.isOf(flow, subject));
        for (Asked each : asked.values()) {
            if (each.isOf(flow, subject)) {
                Answer answer = answers.get(each.marker());
                perhaps += answer == null ? 1 : 0;
                held += answer != null && !answer.passes() ? 1 : 0;
            }
        }
        long told = stored.values().stream()
                .filter(each -> each.isDigest()
                        && each.flow().equals(flow.name())
                        && each.subject().equals(subject))
                .mapToLong(Stored::held)
                .sum();
        if (told < held - lost || told > held + perhaps) {
            String range = perhaps == 0 ? "" + held : held + " to " + (held + perhaps);
            find(
                    Promise.DIGESTS,
                    flow.name(),
                    flow.name() + ":" + subject + " told " + told + " held, not " + range,
                    end);
        }
    }

    private void digestReached(Stored digest) {
        Flow flow = flows.get(digest.flow());
        for (String channel : flow == null ? List.<String>of() : flow.channels()) {
            boolean there = arrivals.stream()
                    .anyMatch(each ->
                            each.channel().equals(channel) && each.message() == digest.id() && tells(each, digest));
            boolean givenUp = digest.to(channel).map(Stored.Delivery::givenUp).orElse(false);
            if (!there && !givenUp) {
                find(Promise.NOTHING_LOST, digest.flow(), "the digest never reached " + channel + ": " + digest, end);
            }
        }
    }

    private static boolean tells(Arrival arrival, Stored digest) {
        return arrival.told() instanceof Told.Digest told && told.held() == digest.held();
    }

    // At rest.

    private void atRest() {
        for (Stored message : stored.values()) {
            if (message.open()) {
                find(Promise.NEVER_STUCK, message.flow(), "still under way: " + message, end);
            }
            for (Stored.Delivery delivery : message.deliveries()) {
                if (delivery.accepted() && knowsSink(delivery) && !wasAccepted(message, delivery)) {
                    find(
                            Promise.BOOKS,
                            message.flow(),
                            "shown as accepted by " + delivery.channel() + ", which it was not: " + message,
                            end);
                }
            }
        }
    }

    private boolean knowsSink(Stored.Delivery delivery) {
        return flows.values().stream().anyMatch(flow -> flow.channels().contains(delivery.channel()));
    }

    private boolean wasAccepted(Stored message, Stored.Delivery delivery) {
        return arrivals.stream()
                .anyMatch(each -> each.channel().equals(delivery.channel())
                        && each.message() == message.id()
                        && each.conduct().replies());
    }
}
