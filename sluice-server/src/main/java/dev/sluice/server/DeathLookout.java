package dev.sluice.server;

import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.OperatorConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Messages that were given up, those that had nobody to go to among them. A notice that was given up gives none. */
final class DeathLookout implements Lookout {
    private static final int BATCH = 20;

    /** What was given up longer ago than this before a start has been told by the server that gave it up. */
    private static final Duration FRESH = Duration.ofHours(1);

    private final Outbox outbox;
    private final InstantSource clock;
    private Outbox.Mark mark;

    DeathLookout(Outbox outbox, InstantSource clock) {
        this.outbox = outbox;
        this.clock = clock;
        this.mark = new Outbox.Mark(clock.instant().minus(FRESH), 0);
    }

    @Override
    public void look(Consumer<Notice> tell) {
        if (mark.at().isAfter(clock.instant())) {
            // The clock was set back: what died since then died before the mark. A notice told twice is one by its id.
            mark = new Outbox.Mark(clock.instant().minus(FRESH), 0);
        }
        List<Outbox.Death> deaths;
        do {
            deaths = outbox.deaths(mark, BATCH);
            for (Outbox.Death death : deaths) {
                if (!death.view().message().key().flow().equals(OperatorConfig.FLOW)) {
                    tell.accept(notice(death.view()));
                }
                mark = death.mark();
            }
        } while (deaths.size() == BATCH);
    }

    private static Notice notice(MessageView dead) {
        String flow = dead.message().key().flow();
        String deliveries = dead.deliveries().stream()
                .map(each -> each.channel() + (each.recipient().isEmpty() ? "" : " to " + each.recipient()) + ": "
                        + each.attempts() + " attempts, the last one: " + each.note())
                .collect(Collectors.joining("\n"));
        return new Notice(
                Notice.Kind.UNDELIVERABLE,
                flow,
                "dead-" + dead.message().id(),
                Notice.Tone.WRONG,
                "Message " + dead.message().id() + " of flow " + flow + " could not be delivered",
                "Subject: " + dead.message().key().subject() + "\nTitle: "
                        + dead.message().content().title() + "\n" + deliveries
                        + "\nIt can be looked at, and offered again, in the console.");
    }
}
