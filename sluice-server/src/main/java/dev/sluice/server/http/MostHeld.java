package dev.sluice.server.http;

import dev.sluice.Explanation;
import java.util.List;

/**
 * The subjects of a flow that hold the most.
 *
 * @param rows most held first; of equal ones the one that was seen last
 * @param complete whether all subjects of the flow were looked at
 */
public record MostHeld(List<Explanation> rows, boolean complete) {}
