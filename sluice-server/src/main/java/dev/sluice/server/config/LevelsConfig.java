package dev.sluice.server.config;

import java.util.Optional;

/**
 * What a flow does with levels.
 *
 * @param watch how they are judged; empty: the flow takes none
 * @param source where they come from by themselves
 * @param group which passes go out as one message
 * @param recipients to whom, where the subject itself knows it
 */
public record LevelsConfig(
        Optional<WatchConfig> watch,
        Optional<SourceConfig> source,
        Optional<GroupConfig> group,
        Optional<RecipientsConfig> recipients) {
    /** Of a flow of occurrences. */
    public static final LevelsConfig NONE =
            new LevelsConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
