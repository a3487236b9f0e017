package dev.sluice.outbox;

import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The flows of the configuration at hand. Immutable. */
final class Plans implements Store.RuleBook {
    /** What a budget that left the configuration still owes is told under it; nothing is charged to it any more. */
    private static final Rule OF_REMOVED_BUDGETS =
            Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).charged().build();

    private final Map<String, FlowPlan> plans = new LinkedHashMap<>();
    private final Duration attemptLease;

    /** @throws IllegalArgumentException if a flow has no rule of its own, or a channel that does not exist */
    Plans(List<FlowPlan> flows, Set<String> channels, Duration attemptLease) {
        this.attemptLease = attemptLease;
        for (FlowPlan flow : flows) {
            if (flow.name().equals(Budget.FLOW)) {
                throw new IllegalArgumentException("the name '" + flow.name() + "' belongs to budgets");
            }
            if (!flow.rules().containsKey("")) {
                throw new IllegalArgumentException("the flow '" + flow.name() + "' has no rule");
            }
            for (String channel : flow.channels()) {
                if (!channels.contains(channel)) {
                    throw new IllegalArgumentException(
                            "the flow '" + flow.name() + "' names the channel '" + channel + "', which does not exist");
                }
            }
            plans.put(flow.name(), flow);
        }
        plans.put(Budget.FLOW, budgets(flows));
    }

    /** The flow that the keys of budgets belong to; its messages go where what was refused would have gone. */
    private static FlowPlan budgets(List<FlowPlan> flows) {
        Map<String, Budget> budgets = new LinkedHashMap<>();
        for (FlowPlan flow : flows) {
            for (Budget budget : flow.budgets()) {
                Budget other = budgets.putIfAbsent(budget.name(), budget);
                if (other != null && !other.equals(budget)) {
                    throw new IllegalArgumentException("there are two budgets '" + budget.name() + "'");
                }
            }
        }
        Map<String, Rule> rules = new LinkedHashMap<>();
        budgets.forEach((name, budget) -> rules.put(name, budget.rule()));
        return new FlowPlan(Budget.FLOW, rules, List.of(), OnFailure.STANDARD);
    }

    /** Whether the budget of a key only counts what it refused, and tells nobody. */
    boolean isSilent(Key budget) {
        return rule(budget).filter(rule -> rule.digest() == Digest.OFF).isPresent();
    }

    /** The channels that notices go to; none if there are no notices. */
    List<String> operatorChannels() {
        return plans.values().stream()
                .filter(FlowPlan::notices)
                .flatMap(plan -> plan.channels().stream())
                .toList();
    }

    /** The names of the flows; of that of budgets, too, if there are any. */
    Set<String> names() {
        return plans.values().stream()
                .filter(plan -> !plan.rules().isEmpty())
                .map(FlowPlan::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    Optional<FlowPlan> find(String flow) {
        return Optional.ofNullable(plans.get(flow));
    }

    /** @throws IllegalArgumentException if the flow is not known */
    FlowPlan get(Key key) {
        return find(key.flow())
                .orElseThrow(() -> new IllegalArgumentException("there is no flow '" + key.flow() + "'"));
    }

    /**
     * The rule of the variant; of the flow itself, if the variant left the configuration. A budget that did so has a rule
     * that tells what it owes.
     */
    @Override
    public Optional<Rule> rule(Key key) {
        return find(key.flow()).map(plan -> {
            Rule rest = plan.name().equals(Budget.FLOW)
                    ? OF_REMOVED_BUDGETS
                    : plan.rules().get("");
            return plan.rules().getOrDefault(key.variant(), rest);
        });
    }

    /** @throws IllegalArgumentException if the flow has no such variant, or is not known */
    Rule requireRule(Key key) {
        Rule rule = get(key).rules().get(key.variant());
        if (rule == null) {
            throw new IllegalArgumentException("the flow '" + key.flow() + "' has no variant '" + key.variant() + "'");
        }
        return rule;
    }

    /** What happens when a zone of the key is over; empty if its flow is none of a watch. */
    Optional<Watched> watched(Key key) {
        return find(key.flow()).flatMap(FlowPlan::watched);
    }

    /** The flows of watches. */
    List<FlowPlan> watched() {
        return plans.values().stream()
                .filter(plan -> plan.watched().isPresent())
                .toList();
    }

    /** How long one attempt of the flow may take: with a short give-up, at most half of it. */
    Duration attemptLength(FlowPlan plan) {
        Duration half = plan.onFailure().giveUp().dividedBy(2);
        return half.compareTo(attemptLease) < 0 ? half : attemptLease;
    }

    /** The names of the known flows as a list of SQL literals; names hold no quotes. */
    String sqlList() {
        return "'" + String.join("','", plans.keySet()) + "'";
    }
}
