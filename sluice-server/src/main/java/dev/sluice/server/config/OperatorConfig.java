package dev.sluice.server.config;

import dev.sluice.Rule;
import java.util.List;

/**
 * Who is told when something is wrong.
 *
 * @param channels names of channels, at least one
 * @param rule how many notices of one kind go out about each flow or channel
 */
public record OperatorConfig(List<String> channels, Rule rule) {
    /** The name of the flow that notices belong to; no configured flow may take it. */
    public static final String FLOW = "operator";
}
