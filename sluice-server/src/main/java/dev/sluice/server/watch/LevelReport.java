package dev.sluice.server.watch;

import dev.sluice.outbox.Occurrence;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody found of a subject.
 *
 * @param subject in full
 * @param values by name, the level among them
 * @param recipients to whom, if it is told; empty for those that the flow or its channels know
 * @param request if the report may be repeated
 */
public record LevelReport(
        String subject, Map<String, String> values, List<String> recipients, Optional<Occurrence.Request> request) {}
