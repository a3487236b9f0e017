package dev.sluice.outbox;

import dev.sluice.Budget;
import dev.sluice.Rule;
import java.util.List;
import java.util.Map;

/**
 * What the outbox knows of a flow.
 *
 * @param name its name
 * @param rules its rule under the empty name, and those of its variants under theirs
 * @param channels names of the channels that its messages go to; empty if callers send by themselves
 * @param onFailure what happens to deliveries that fail
 * @param notices whether its messages are notices to the operator
 * @param shadow whether limiting is switched off: what its rule would hold goes out, and is counted as such
 * @param budgets what each of its passes and digests is charged to, in this order
 */
public record FlowPlan(
        String name,
        Map<String, Rule> rules,
        List<String> channels,
        OnFailure onFailure,
        boolean notices,
        boolean shadow,
        List<Budget> budgets) {
    /** A flow of which occurrences are told. */
    public FlowPlan(String name, Map<String, Rule> rules, List<String> channels, OnFailure onFailure) {
        this(name, rules, channels, onFailure, false);
    }

    /** A flow that is limited by its rule alone. */
    public FlowPlan(String name, Map<String, Rule> rules, List<String> channels, OnFailure onFailure, boolean notices) {
        this(name, rules, channels, onFailure, notices, false, List.of());
    }

    /** The same flow with limiting switched off; its budgets still hold. */
    public FlowPlan inShadow() {
        return new FlowPlan(name, rules, channels, onFailure, notices, true, budgets);
    }

    /** The same flow, charged to these budgets. */
    public FlowPlan charging(List<Budget> to) {
        return new FlowPlan(name, rules, channels, onFailure, notices, shadow, List.copyOf(to));
    }
}
