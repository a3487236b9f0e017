package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** What the checker saw from outside: asked, answered, arrived, killed. Safe for use by several threads. */
final class Journal {
    /**
     * One occurrence of the load.
     *
     * @param marker found nowhere else; part of its text
     * @param flow its flow
     * @param subject its subject
     * @param id makes a repeated call safe; without one, a call whose answer is lost may count or not
     */
    record Asked(String marker, String flow, String subject, Optional<String> id) {
        boolean isOf(Flow which, String about) {
            return flow.equals(which.name()) && subject.equals(about);
        }
    }

    /**
     * An answer; acknowledged is what was decided.
     *
     * @param decision the word of the decision; empty where there is none
     * @param reason the word of the reason; where nothing was decided, what came instead
     * @param message number of the message that carries it
     * @param delivered what the server said was completed in the window
     * @param at when it was here
     */
    record Answer(String decision, String reason, OptionalLong message, int delivered, Instant at) {
        boolean decided() {
            return !decision.isEmpty();
        }

        boolean passes() {
            return decision.equals("pass") || decision.equals("summary");
        }
    }

    /** A time in which something was dead, frozen or away, and what did it. */
    record Interruption(String what, Kind kind, Instant from, Instant to) {
        /** What it is that happened. */
        enum Kind {
            /** A server died without a last word. */
            DEATH,
            /** A server ended in good order. */
            END,
            /** A server stood still. */
            FREEZE,
            /** The store could not be reached, or did not answer. */
            OUTAGE,
            /** Connections to the store broke off. */
            CUT,
            /** Another took the place of the store, which may not have heard the last writes. */
            FAILOVER
        }

        boolean touches(Instant start, Instant end) {
            return !from.isAfter(end) && !to.isBefore(start);
        }
    }

    private final Map<String, Asked> asked = new ConcurrentHashMap<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final Queue<Interruption> interruptions = new ConcurrentLinkedQueue<>();
    private final Queue<Finding> findings = new ConcurrentLinkedQueue<>();
    private final Queue<Asked> unanswered = new ConcurrentLinkedQueue<>();
    private final Queue<Asked> late = new ConcurrentLinkedQueue<>();
    private final Queue<String> declared = new ConcurrentLinkedQueue<>();

    void asks(Asked occurrence) {
        asked.put(occurrence.marker(), occurrence);
    }

    /** Notes an answer; the one to a repeated call must be the one that was given before. */
    void answered(Asked occurrence, Answer answer) {
        Answer before = answers.putIfAbsent(occurrence.marker(), answer);
        if (before != null
                && !(before.decision().equals(answer.decision())
                        && before.message().equals(answer.message()))) {
            broken(
                    Promise.ANSWERS,
                    "the repeated call " + occurrence + " was answered by " + answer + ", before by " + before);
        }
    }

    /** Notes a call that got no answer, and is repeated under its id: it may have counted. */
    void unanswered(Asked occurrence) {
        unanswered.add(occurrence);
    }

    /** Notes a claim that was completed when it had ended, or may have been. */
    void late(Asked occurrence) {
        late.add(occurrence);
    }

    /** Notes what a store cost by declaration. */
    void declared(String what) {
        declared.add(what);
    }

    void arrived(Arrival arrival) {
        arrivals.add(arrival);
    }

    void interrupted(Interruption interruption) {
        interruptions.add(interruption);
    }

    /** Notes a broken promise that is known at once. */
    void broken(Promise promise, String what) {
        broken(promise, "", what);
    }

    /** Notes a promise that is broken for a flow. */
    void broken(Promise promise, String flow, String what) {
        findings.add(new Finding(promise, flow, what, Instant.now()));
    }

    Map<String, Asked> asked() {
        return Map.copyOf(asked);
    }

    Map<String, Answer> answers() {
        return Map.copyOf(answers);
    }

    /** How many acknowledged answers were passes. */
    long passes() {
        return answers.values().stream().filter(Answer::passes).count();
    }

    List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    List<Interruption> interruptions() {
        return List.copyOf(interruptions);
    }

    /** How many calls about these got no answer and were repeated. */
    long unanswered(Predicate<Asked> which) {
        return unanswered.stream().filter(which).count();
    }

    /** Whether claims of these may have been completed late. */
    boolean isLate(Predicate<Asked> which) {
        return late.stream().anyMatch(which);
    }

    /** What stores cost by declaration, in words. */
    List<String> declared() {
        return List.copyOf(declared);
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }
}
