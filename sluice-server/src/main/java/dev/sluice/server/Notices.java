package dev.sluice.server;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.StoreException;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.OperatorConfig;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tells the operator of messages that were given up. Notices are occurrences of a flow of their own, so its rule bounds
 * them, and what it holds is told in a digest. A notice that cannot be delivered gives no further notice.
 */
final class Notices implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Notices.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(2);

    private static final int BATCH = 20;

    /** What was given up longer ago than this before a start has been told by the server that gave it up. */
    private static final Duration FRESH = Duration.ofHours(1);

    private final Outbox outbox;
    private final InstantSource clock;
    private final Thread thread = new Thread(this::run, "sluice-notices");
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Outbox.Mark mark;

    Notices(Outbox outbox, InstantSource clock) {
        this.outbox = outbox;
        this.clock = clock;
        this.mark = new Outbox.Mark(clock.instant().minus(FRESH), 0);
        thread.setDaemon(true);
    }

    /** The flow that notices belong to. */
    static FlowPlan plan(OperatorConfig config) {
        return new FlowPlan(
                OperatorConfig.FLOW, Map.of("", config.rule()), config.channels(), OnFailure.STANDARD, true);
    }

    void start() {
        thread.start();
    }

    /** Tells what was given up since the last look. */
    synchronized void look() {
        if (mark.at().isAfter(clock.instant())) {
            // The clock was set back: what died since then died before the mark. A notice told twice is one by its id.
            mark = new Outbox.Mark(clock.instant().minus(FRESH), 0);
        }
        List<Outbox.Death> deaths;
        do {
            deaths = outbox.deaths(mark, BATCH);
            for (Outbox.Death death : deaths) {
                if (!death.view().message().key().flow().equals(OperatorConfig.FLOW)) {
                    tell(death.view());
                }
                mark = death.mark();
            }
        } while (deaths.size() == BATCH);
    }

    private void tell(MessageView dead) {
        String id = "dead-" + dead.message().id();
        Occurrence notice = new Occurrence(
                Key.of(
                        OperatorConfig.FLOW,
                        "undeliverable/" + dead.message().key().flow()),
                "",
                content(dead),
                List.of(),
                // After a restart, the same notice is not a second one.
                Optional.of(new Occurrence.Request(id, id)),
                Event.Settle.LATER);
        outbox.accept(notice).toCompletableFuture().join();
    }

    private static Content content(MessageView dead) {
        String title = "Message " + dead.message().id() + " of flow "
                + dead.message().key().flow() + " could not be delivered";
        String deliveries = dead.deliveries().stream()
                .map(each -> each.channel() + (each.recipient().isEmpty() ? "" : " to " + each.recipient()) + ": "
                        + each.attempts() + " attempts, the last one: " + each.note())
                .collect(Collectors.joining("\n"));
        return new Content(
                title,
                "Subject: " + dead.message().key().subject() + "\nTitle: "
                        + dead.message().content().title() + "\n" + deliveries
                        + "\nIt can be looked at, and offered again, in the console.",
                "error",
                "{}");
    }

    private void run() {
        try {
            do {
                lookOrSay();
            } while (!stopped.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "Interrupted, and so stopped");
        }
    }

    private void lookOrSay() {
        try {
            look();
        } catch (StoreException | CompletionException e) {
            LOG.log(Level.WARNING, "Looking for undeliverable messages failed, and is tried again", e);
        }
    }

    /** Lets the look that runs end. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
