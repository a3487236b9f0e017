package dev.sluice.server;

import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.http.Decisions;
import java.util.concurrent.CompletionStage;

/**
 * The one way in which occurrences of flows are decided: what comes over HTTP, from sources and from scans is counted,
 * seen and watched alike.
 *
 * @param outbox decides
 * @param observed sees what was decided
 * @param lookout is told when the database seems to be away
 * @param decisions counts
 */
record Deciding(Outbox outbox, Observed observed, DatabaseLookout lookout, Decisions decisions) {
    CompletionStage<Acceptance> accept(Occurrence occurrence) {
        return observing(occurrence, outbox.accept(occurrence));
    }

    /** As {@link #accept}, of what is decided elsewhere. */
    CompletionStage<Acceptance> observing(Occurrence occurrence, CompletionStage<Acceptance> answer) {
        return decisions
                .counting(occurrence.key().flow(), lookout.watched(answer))
                .whenComplete((acceptance, failure) -> {
                    if (acceptance instanceof Acceptance.Decided decided) {
                        observed.decided(occurrence, decided);
                    }
                });
    }
}
