package dev.sluice.outbox;

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
 */
public record FlowPlan(
        String name, Map<String, Rule> rules, List<String> channels, OnFailure onFailure, boolean notices) {
    /** A flow of which occurrences are told. */
    public FlowPlan(String name, Map<String, Rule> rules, List<String> channels, OnFailure onFailure) {
        this(name, rules, channels, onFailure, false);
    }
}
