package dev.sluice.outbox;

import dev.sluice.Budget;
import dev.sluice.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the outbox knows of a flow.
 *
 * @param name its name
 * @param rules its rule under the empty name, and those of its variants under theirs
 * @param sending how its messages go out
 * @param notices whether its messages are notices to the operator
 * @param shadow whether limiting is switched off: what its rule would hold goes out, and is counted as such
 * @param budgets what each of its passes and digests is charged to, in this order
 * @param watched if its occurrences are those of a watch: what happens when a zone is over
 */
public record FlowPlan(
        String name,
        Map<String, Rule> rules,
        Sending sending,
        boolean notices,
        boolean shadow,
        List<Budget> budgets,
        Optional<Watched> watched) {
    /** A flow that is limited by its rules alone. */
    public FlowPlan(String name, Map<String, Rule> rules, Sending sending) {
        this(name, rules, sending, false, false, List.of(), Optional.empty());
    }

    /** A flow of which occurrences are told. */
    public FlowPlan(String name, Map<String, Rule> rules, List<String> channels, OnFailure onFailure) {
        this(name, rules, channels, onFailure, false);
    }

    /** A flow of which occurrences are told; to the operator if they are notices. */
    public FlowPlan(String name, Map<String, Rule> rules, List<String> channels, OnFailure onFailure, boolean notices) {
        this(name, rules, new Sending(channels, onFailure), notices, false, List.of(), Optional.empty());
    }

    /** Names of the channels that its messages go to; empty if callers send by themselves. */
    public List<String> channels() {
        return sending.channels();
    }

    /** What happens to deliveries that fail. */
    public OnFailure onFailure() {
        return sending.onFailure();
    }

    /** The same flow with limiting switched off; its budgets still hold. */
    public FlowPlan inShadow() {
        return new FlowPlan(name, rules, sending, notices, true, budgets, watched);
    }

    /** The same flow, charged to these budgets. */
    public FlowPlan charging(List<Budget> to) {
        return new FlowPlan(name, rules, sending, notices, shadow, List.copyOf(to), watched);
    }

    /** The same flow, sending otherwise. */
    public FlowPlan sending(Sending other) {
        return new FlowPlan(name, rules, other, notices, shadow, budgets, watched);
    }

    /** The same flow, as that of a watch. */
    public FlowPlan watched(Watched how) {
        return new FlowPlan(name, rules, sending, notices, shadow, budgets, Optional.of(how));
    }
}
