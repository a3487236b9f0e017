package dev.sluice.server.crash;

import dev.sluice.server.crash.Journal.Answer;
import dev.sluice.server.crash.Journal.Asked;
import dev.sluice.server.crash.Journal.Interruption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the stores of a run may cost by declaration; everything else is a broken promise.
 *
 * @param cached whether a process answers some occurrences by itself and hands their counts back later: a kill may cost
 *     those of the last second
 * @param apart whether keys are counted before the database knows of a call: what is held is counted again by each call
 *     that got no answer, and by a process that answers by itself because the store's answer did not come
 * @param alone how many processes each go on by themselves while the store is away, for flows that say so; 0: none does
 */
record Declared(boolean cached, boolean apart, int alone) {
    /** One process and its file. */
    static final Declared NOTHING = new Declared(false, false, 0);

    /** How long counts stay in a process, and how long it takes to hand them over on a busy machine. */
    private static final Duration HANDED_BACK_WITHIN = Duration.ofMillis(1500);

    /** How long a step may be owed that another process takes over, and how long that takes on a busy machine. */
    private static final Duration POSTED_WITHIN = Duration.ofSeconds(12);

    /** How many held ones of these occurrences the deaths of processes may have cost. */
    long lost(Journal journal, Predicate<Asked> which) {
        if (!cached) {
            return 0;
        }
        List<Interruption> deaths = journal.interruptions().stream()
                .filter(each -> each.kind() == Interruption.Kind.DEATH)
                .toList();
        Map<String, Asked> asked = journal.asked();
        return journal.answers().entrySet().stream()
                .filter(each -> isCached(each.getValue()) && which.test(asked.get(each.getKey())))
                .filter(each -> deaths.stream()
                        .anyMatch(death -> isWithin(each.getValue().at(), death.from())))
                .count();
    }

    /** How often these occurrences may have been counted once more. */
    long again(Journal journal, Predicate<Asked> which) {
        return apart ? journal.unanswered(which) + heldAlone(journal, which) : 0;
    }

    private static long heldAlone(Journal journal, Predicate<Asked> which) {
        Map<String, Asked> asked = journal.asked();
        return journal.answers().entrySet().stream()
                .filter(each ->
                        !each.getValue().passes() && each.getValue().reason().equals("local"))
                .filter(each -> which.test(asked.get(each.getKey())))
                .count();
    }

    private static boolean isCached(Answer answer) {
        return !answer.passes() && answer.reason().equals("limit");
    }

    private static boolean isWithin(Instant answered, Instant death) {
        return !answered.isBefore(death.minus(HANDED_BACK_WITHIN)) && !answered.isAfter(death.plus(HANDED_BACK_WITHIN));
    }

    /** How many more than its windows allow may have gone out for one key of a flow. */
    long more(Journal journal, Flow flow) {
        return journal.interruptions().stream()
                .mapToLong(each -> more(each, flow))
                .sum();
    }

    /** How many more than the limit a window may have seen that the ledger shows, which may hear of it late. */
    long more(Journal journal, Flow flow, Instant from, Instant to) {
        return journal.interruptions().stream()
                .filter(each -> each.touches(from.minus(POSTED_WITHIN), to))
                .mapToLong(each -> more(each, flow))
                .sum();
    }

    /** How many more than the limit the window may have seen that an answer speaks of. */
    long more(Journal journal, Flow flow, Instant answered) {
        Instant begun = answered.minus(flow.window().multipliedBy(2));
        boolean touched = journal.interruptions().stream()
                .anyMatch(each -> each.touches(begun, answered) && more(each, flow) > 0);
        return touched ? (long) flow.limit() * Math.max(1, alone) : 0;
    }

    private long more(Interruption interruption, Flow flow) {
        long windows = Duration.between(interruption.from(), interruption.to()).dividedBy(flow.window()) + 2;
        long each = flow.outage() == Flow.Outage.LOCAL ? windows * flow.limit() * alone : 0;
        return switch (interruption.kind()) {
            case OUTAGE, CUT -> each;
            // What the promoted one had not heard of is granted once more.
            case FAILOVER -> each + flow.limit();
            case DEATH, END, FREEZE -> 0;
        };
    }
}
