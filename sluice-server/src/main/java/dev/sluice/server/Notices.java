package dev.sluice.server;

import dev.sluice.StoreException;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.OperatorConfig;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells the operator what is wrong. Notices are occurrences of a flow of their own, so its rule bounds them, and what it
 * holds is told in a digest. A notice never gives a further notice.
 */
final class Notices implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Notices.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Outbox outbox;
    private final DatabaseLookout database;
    private final List<Lookout> lookouts;
    private final Thread thread = new Thread(this::run, "sluice-notices");
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean failing;

    /**
     * @param database is looked at first; while it is away nothing else can be seen
     * @param more what else is looked at
     */
    Notices(Outbox outbox, InstantSource clock, DatabaseLookout database, List<Lookout> more) {
        this.outbox = outbox;
        this.database = database;
        List<Lookout> all = new ArrayList<>(List.of(
                new DeathLookout(outbox, clock),
                new OutageLookout(outbox, clock),
                new RemovedLookout(outbox),
                new DamageLookout(outbox)));
        all.addAll(more);
        lookouts = List.copyOf(all);
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

    /** Tells what is new since the last look. */
    void look() {
        database.look(this::tell);
        lookouts.forEach(each -> each.look(this::tell));
    }

    private void tell(Notice notice) {
        outbox.accept(notice.occurrence()).toCompletableFuture().join();
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

    /** What fails is said once, and again only after all has worked in between. */
    private void lookOrSay() {
        if (isDatabaseAway()) {
            return;
        }
        boolean worked = true;
        for (Lookout lookout : lookouts) {
            try {
                lookout.look(this::tell);
            } catch (StoreException | CompletionException e) {
                database.suspect();
                if (isDatabaseAway()) {
                    return;
                }
                LOG.log(
                        failing ? Level.DEBUG : Level.WARNING,
                        "Looking for what an operator should know failed, and is tried again: {0}",
                        e.getMessage());
                failing = true;
                worked = false;
            }
        }
        failing &= !worked;
    }

    /** Which it says itself. */
    private boolean isDatabaseAway() {
        try {
            database.look(this::tell);
            return false;
        } catch (StoreException | CompletionException e) {
            LOG.log(Level.DEBUG, "Nothing can be told: {0}", e.getMessage());
            return true;
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
