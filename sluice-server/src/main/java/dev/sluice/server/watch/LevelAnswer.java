package dev.sluice.server.watch;

import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Episode;
import java.util.Optional;

/**
 * What became of a level.
 *
 * @param flow whose watch judged it
 * @param subject in full
 * @param zone where it is; {@code unknown} if that is not known
 * @param previousZone the worst zone that it was in before, or the safe one; empty while its level is not known
 * @param decision what was decided of the occurrence in a zone; empty if there was none
 * @param reason why there was none, or how it was decided
 * @param episode of the zone that it is in, or the worst one that is not over
 * @param proceed whether a caller that asks may go on with what it wanted to do
 */
public record LevelAnswer(
        String flow,
        String subject,
        String zone,
        Optional<String> previousZone,
        Optional<Acceptance> decision,
        String reason,
        Optional<Episode> episode,
        boolean proceed) {
    /** The zone of what is not known. */
    public static final String UNKNOWN = "unknown";
}
