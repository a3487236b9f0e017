package dev.sluice.server.config;

import dev.sluice.Rule;
import java.util.List;

/**
 * Who is told of messages that were given up.
 *
 * @param channels names of channels, at least one
 * @param rule how many notices go out for each flow
 */
public record OperatorConfig(List<String> channels, Rule rule) {
    /** The name of the flow that notices belong to; no configured flow may take it. */
    public static final String FLOW = "operator";
}
