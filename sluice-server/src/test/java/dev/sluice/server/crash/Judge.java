package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Answer;
import dev.sluice.server.crash.Journal.Asked;
import dev.sluice.server.crash.Journal.Interruption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares what was asked and answered with what arrived and what the server shows, once everything is at rest. */
final class Judge {
    private static final String SLOW = "a slow reply";

    /**
     * On a busy machine a sender may use up most of its time before it is heard; what then comes again comes after its
     * rest. Two senders of the same message are closer together.
     */
    private static final Duration SLOWEST = Duration.ofMillis(500);

    private final Map<String, Flow> flows;
    private final Journal journal;
    private final Map<Long, Stored> stored;
    private final Instant end;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Integer> twins = new TreeMap<>();

    private Judge(List<Flow> flows, Journal journal, List<Stored> stored, Instant end) {
        this.flows = flows.stream().collect(Collectors.toMap(Flow::name, Function.identity()));
        this.journal = journal;
        this.stored = stored.stream().collect(Collectors.toMap(Stored::id, Function.identity()));
        this.end = end;
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

    /** Judges a run that is at rest since {@code end}. */
    static Verdict judge(List<Flow> flows, Journal journal, List<Stored> stored, Instant end) {
        Judge judge = new Judge(flows, journal, stored, end);
        judge.nothingLost();
        judge.nothingTwice();
        judge.cap();
        judge.digests();
        judge.atRest();
        judge.findings.addAll(journal.findings());
        return new Verdict(List.copyOf(judge.findings), Map.copyOf(judge.twins));
    }

    private void find(Promise promise, String what, Instant at) {
        findings.add(new Finding(promise, what, at));
    }

    // Nothing lost.

    private void nothingLost() {
        Map<String, List<Arrival>> passes = passes();
        journal.answers().forEach((marker, answer) -> {
            Asked asked = journal.asked().get(marker);
            Flow flow = asked == null ? null : flows.get(asked.flow());
            if (flow != null && answer.passes() && !flow.claims()) {
                reached(flow, marker, answer, passes.getOrDefault(marker, List.of()));
            }
        });
    }

    /** Arrivals of passes by marker. */
    private Map<String, List<Arrival>> passes() {
        return journal.arrivals().stream()
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
                        marker + " passed, and never reached " + channel + "; shown as " + message,
                        answer.at());
            } else if (delivery.isEmpty()) {
                find(Promise.BOOKS, marker + " passed, and the server does not show its message", answer.at());
            }
        }
    }

    // Nothing twice.

    private void nothingTwice() {
        journal.arrivals().stream()
                .collect(Collectors.groupingBy(arrival -> arrival.channel() + " " + arrival.id()))
                .values()
                .forEach(this::sameId);
        passes().forEach(this::oneIdEach);
        slowTwinsAreRare();
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
        if (reason.isEmpty()) {
            find(Promise.NOTHING_TWICE, "sent again although it was accepted: " + before + ", " + after, before.at());
        } else if (dropping(after.told())) {
            find(Promise.NOTHING_TWICE, "sent again under drop: " + before + ", " + after, before.at());
        } else {
            twins.merge(reason.get(), 1, Integer::sum);
        }
    }

    /** What kept the server from knowing that the earlier one arrived. */
    private Optional<String> reason(Arrival before, Arrival after) {
        if (before.conduct() != Conduct.ACCEPT) {
            return Optional.of(reason(before.conduct()));
        }
        Optional<String> interruption = journal.interruptions().stream()
                .filter(each -> each.touches(before.at(), after.at()))
                .map(Interruption::what)
                .findFirst();
        boolean late = Duration.between(before.at(), after.at()).compareTo(SLOWEST) >= 0;
        return interruption.or(() -> late ? Optional.of(SLOW) : Optional.empty());
    }

    /** The machine was so busy that an accepting reply took longer than the server waits: rare, or a fault. */
    private void slowTwinsAreRare() {
        int slow = twins.getOrDefault(SLOW, 0);
        if (slow > 2 + journal.arrivals().size() / 100) {
            find(Promise.NOTHING_TWICE, slow + " messages were sent again long after they were accepted", end);
        }
    }

    /** The name of a twin that the sink itself asked for. */
    static String reason(Conduct conduct) {
        return "sink: " + conduct.name().toLowerCase(Locale.ROOT);
    }

    private boolean dropping(Told told) {
        String flow = "";
        if (told instanceof Told.Pass pass) {
            Asked asked = journal.asked().get(pass.marker());
            flow = asked == null ? "" : asked.flow();
        } else if (told instanceof Told.Digest digest) {
            flow = digest.flow();
        }
        Flow known = flows.get(flow);
        return known != null && known.lost() == Flow.Lost.DROP;
    }

    private void oneIdEach(String marker, List<Arrival> arrivals) {
        arrivals.stream()
                .collect(Collectors.groupingBy(Arrival::channel, Collectors.mapping(Arrival::id, Collectors.toSet())))
                .forEach((channel, ids) -> {
                    if (ids.size() > 1) {
                        find(Promise.NOTHING_TWICE, marker + " reached " + channel + " under the ids " + ids, end);
                    }
                });
    }

    // Cap.

    private void cap() {
        journal.answers().forEach((marker, answer) -> {
            Asked asked = journal.asked().get(marker);
            Flow flow = asked == null ? null : flows.get(asked.flow());
            if (flow != null && answer.delivered() > flow.limit()) {
                find(Promise.CAP, marker + " was answered by " + answer, answer.at());
            }
        });
        Map<String, List<Arrival>> byKey = journal.arrivals().stream()
                .filter(arrival -> !key(arrival).isEmpty())
                .collect(Collectors.groupingBy(this::key));
        byKey.forEach(this::capOfKey);
    }

    /** The key of a pass, empty for anything else. */
    private String key(Arrival arrival) {
        Asked asked = arrival.told() instanceof Told.Pass pass ? journal.asked().get(pass.marker()) : null;
        return asked == null ? "" : asked.flow() + ":" + asked.subject();
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
        if (different > windows * flow.limit() + dead) {
            find(Promise.CAP, key + " went out " + different + " times in at most " + windows + " windows", first);
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
        long held = 0;
        long perhaps = 0;
        for (Asked asked : journal.asked().values()) {
            if (asked.flow().equals(flow.name()) && asked.subject().equals(subject)) {
                Answer answer = journal.answers().get(asked.marker());
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
        if (told < held || told > held + perhaps) {
            String range = perhaps == 0 ? "" + held : held + " to " + (held + perhaps);
            find(Promise.DIGESTS, flow.name() + ":" + subject + " told " + told + " held, not " + range, end);
        }
    }

    private void digestReached(Stored digest) {
        Flow flow = flows.get(digest.flow());
        for (String channel : flow == null ? List.<String>of() : flow.channels()) {
            boolean there = journal.arrivals().stream()
                    .anyMatch(each ->
                            each.channel().equals(channel) && each.message() == digest.id() && tells(each, digest));
            boolean givenUp = digest.to(channel).map(Stored.Delivery::givenUp).orElse(false);
            if (!there && !givenUp) {
                find(Promise.NOTHING_LOST, "the digest never reached " + channel + ": " + digest, end);
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
                find(Promise.NEVER_STUCK, "still under way: " + message, end);
            }
            for (Stored.Delivery delivery : message.deliveries()) {
                if (delivery.accepted() && knowsSink(delivery) && !wasAccepted(message, delivery)) {
                    find(
                            Promise.BOOKS,
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
        return journal.arrivals().stream()
                .anyMatch(each -> each.channel().equals(delivery.channel())
                        && each.message() == message.id()
                        && each.conduct().replies());
    }
}
