package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Budget;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Charges what passed to the budgets of its flow, one after the other. What one refuses costs the later ones nothing;
 * what was charged before stays charged.
 */
final class Charges {
    private final Receivers receivers;
    private final RandomGenerator random;

    Charges(Receivers receivers, RandomGenerator random) {
        this.receivers = receivers;
        this.random = random;
    }

    /** A budget that refused, and until when. */
    record Refusal(Key budget, Optional<Instant> next) {}

    /**
     * What the budgets said.
     *
     * @param left where it may go
     * @param refusals who refused the others, in that order
     * @param passes whether anything is left of it
     */
    record Result(List<Target> left, List<Refusal> refusals, boolean passes) {}

    /** What is charged, and what a budget that refuses it counts. */
    @FunctionalInterface
    private interface Demand {
        /** Empty if it was charged; else when the budget has room again. */
        Optional<Refusal> charge(Journal journal, Key budget, Rule rule) throws SQLException;
    }

    /** Charges an occurrence; one that is refused is counted and sampled by the budget. */
    Result occurrence(Journal journal, Offered offered, List<Target> targets) throws SQLException {
        return ask(journal, offered.plan(), targets, (same, budget, rule) -> offer(same, budget, rule, offered));
    }

    /** Charges the digest of a tally; where it is refused, the budget counts what it would have told. */
    Result digest(Journal journal, FlowPlan plan, Key key, HeldBefore tally, List<Target> targets) throws SQLException {
        return ask(journal, plan, targets, (same, budget, rule) -> tell(same, budget, rule, key, tally));
    }

    /** Charges a message that is counted nowhere; where it is refused, nobody counts it either. */
    Result information(Journal journal, FlowPlan plan, List<Target> targets) throws SQLException {
        return ask(journal, plan, targets, this::inform);
    }

    private Optional<Refusal> inform(Journal journal, Key budget, Rule rule) throws SQLException {
        boolean taken = takes(journal, budget, rule, advanced(journal, budget, rule));
        return taken ? Optional.empty() : Optional.of(new Refusal(budget, Optional.empty()));
    }

    private Result ask(Journal journal, FlowPlan plan, List<Target> targets, Demand demand) throws SQLException {
        List<Target> left = targets;
        List<Refusal> refusals = new ArrayList<>();
        for (Budget budget : plan.budgets()) {
            List<Target> passed = new ArrayList<>();
            boolean any = false;
            for (Map.Entry<Key, List<Target>> each : keys(budget, plan, left).entrySet()) {
                Optional<Refusal> refusal = demand.charge(journal, each.getKey(), budget.rule());
                if (refusal.isPresent()) {
                    refusals.add(refusal.get());
                    BudgetTargets.add(journal.unit(), budget, each.getKey(), each.getValue());
                } else {
                    any = true;
                    passed.addAll(each.getValue());
                }
            }
            if (!any) {
                return new Result(List.of(), refusals, false);
            }
            left = passed;
        }
        return new Result(left, refusals, true);
    }

    /** The keys that are charged, each with what it is charged for; one without a target where callers send. */
    private Map<Key, List<Target>> keys(Budget budget, FlowPlan plan, List<Target> targets) {
        Map<Key, List<Target>> keys = new LinkedHashMap<>();
        if (targets.isEmpty()) {
            keys.put(budget.key(plan.name()), List.of());
        }
        for (Target target : targets) {
            String what = switch (budget.per()) {
                case RECIPIENT -> receivers.charged(target);
                case CHANNEL -> target.channel();
                case FLOW, EVERYTHING -> plan.name();
            };
            keys.computeIfAbsent(budget.key(what), absent -> new ArrayList<>()).add(target);
        }
        return keys;
    }

    private Optional<Refusal> offer(Journal journal, Key budget, Rule rule, Offered offered) throws SQLException {
        Outcome outcome = journal.step(budget, rule, one());
        if (outcome.answer() instanceof Answer.Held held) {
            if (held.sample()) {
                Samples.keepFor(journal.unit(), budget, outcome.state(), offered.occurrence());
            }
            return Optional.of(new Refusal(budget, Micros.maybe(held.counts().next())));
        }
        return Optional.empty();
    }

    private Event.Offer one() {
        return new Event.Offer(random.nextLong(), 0, OptionalDouble.empty(), Event.Settle.NOW);
    }

    private static State advanced(Journal journal, Key budget, Rule rule) throws SQLException {
        return Step.advance(journal.read(budget).orElse(State.EMPTY), rule, journal.now());
    }

    /** Looks first: a refused offer would count the message itself. */
    private boolean takes(Journal journal, Key budget, Rule rule, State state) throws SQLException {
        return state.used() < rule.limit()
                && !(journal.step(budget, rule, one()).answer() instanceof Answer.Held);
    }

    private Optional<Refusal> tell(Journal journal, Key budget, Rule rule, Key key, HeldBefore tally)
            throws SQLException {
        State state = advanced(journal, budget, rule);
        if (takes(journal, budget, rule, state)) {
            return Optional.empty();
        }
        Event.Report report = Event.Report.untold(key, tally.out(), tally.held());
        State after = journal.step(budget, rule, report).state();
        if (isSampled(state.held(), after.held())) {
            Samples.lend(journal.unit(), key, tally.out().number(), budget, after.fence());
        }
        return Optional.of(new Refusal(budget, Optional.empty()));
    }

    /** Whether the count went over a power of ten. */
    private static boolean isSampled(long before, long after) {
        return Long.toString(before).length() < Long.toString(after).length() || (before == 0 && after > 0);
    }
}
