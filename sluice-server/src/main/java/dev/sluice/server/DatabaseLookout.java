package dev.sluice.server;

import dev.sluice.Outage;
import dev.sluice.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The database of the messages, without which nothing can be stored, notices neither: so the log says at once that it is
 * away, and the operator is told when it is back. Only what went wrong is looked into, so that a server with nothing to
 * do writes nothing.
 */
final class DatabaseLookout implements Lookout {
    private final String name;
    private final Supplier<CompletionStage<Boolean>> probe;
    private final InstantSource clock;
    private final Logger log;
    private volatile boolean suspected;
    private volatile Optional<Outage> outage = Optional.empty();

    /**
     * @param name of the database, without a password
     * @param probe writes something, and fails with {@link StoreException} if it cannot
     * @param clock of this process: that of the database is away, too
     */
    DatabaseLookout(String name, Supplier<CompletionStage<Boolean>> probe, InstantSource clock, Logger log) {
        this.name = name;
        this.probe = probe;
        this.clock = clock;
        this.log = log;
    }

    /** Suspects the database if {@code stage} fails. */
    <T> CompletionStage<T> watched(CompletionStage<T> stage) {
        return stage.whenComplete((value, failure) -> {
            if (failure != null) {
                suspect();
            }
        });
    }

    /** Something that needs the database went wrong. From any thread. */
    void suspect() {
        suspected = true;
    }

    /** Since when, and why, it is away; empty if it is there. */
    Optional<Outage> outage() {
        return outage;
    }

    /** Fails while the database is away: then there is nothing else to look for. */
    @Override
    public void look(Consumer<Notice> tell) {
        if (!suspected && outage.isEmpty()) {
            return;
        }
        suspected = false;
        try {
            StoredEngine.await(probe.get());
        } catch (StoreException e) {
            found(String.valueOf(e.getMessage()));
            throw e;
        }
        if (outage.isPresent()) {
            told(outage.get(), tell);
            outage = Optional.empty();
        }
    }

    private void found(String why) {
        if (outage.isEmpty()) {
            outage = Optional.of(new Outage(clock.instant(), why));
            log.log(
                    Level.ERROR,
                    "{0} does not take what must be stored: {1}. Whatever needs it is answered with 503 until it does",
                    name,
                    why);
        }
    }

    /** What is told to whoever asks while it is away. */
    static String text(Outage since) {
        return "nothing can be stored since " + seconds(since.since()) + ": " + since.why();
    }

    /** Servers that find the same within a minute tell it once: the id is what repeats are known by. */
    private void told(Outage over, Consumer<Notice> tell) {
        Instant now = clock.instant();
        String text = name + " took nothing from " + seconds(over.since()) + " to " + seconds(now) + ", for "
                + Duration.between(over.since(), now).toSeconds() + " s: " + over.why()
                + "\nCallers were answered with 503 and a time to try again. What they did not send again is not known"
                + " here; messages that were stored before go on.";
        tell.accept(new Notice(
                Notice.Kind.DATABASE,
                "database",
                "database-back-" + over.since().truncatedTo(ChronoUnit.MINUTES),
                Notice.Tone.OVER,
                "The database was away",
                text));
        log.log(Level.INFO, "{0} takes what must be stored again", name);
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
