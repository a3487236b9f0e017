package dev.sluice.server;

import dev.sluice.Outage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The store of keys that is away: once when it is, and once when it is back. */
final class StoreLookout implements Lookout {
    private final String store;
    private final Supplier<Optional<Outage>> outage;
    private Optional<Outage> told = Optional.empty();

    StoreLookout(String store, Supplier<Optional<Outage>> outage) {
        this.store = store;
        this.outage = outage;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        Optional<Outage> now = outage.get();
        if (now.isPresent() && told.isEmpty()) {
            tell.accept(away(now.get()));
        } else if (now.isEmpty() && told.isPresent()) {
            tell.accept(back(told.get()));
        }
        told = now.isPresent() && told.isPresent() ? told : now;
    }

    /** Servers that find the same within a minute tell it once: the id is what repeats are known by. */
    private Notice away(Outage since) {
        return new Notice(
                Notice.Kind.STORE,
                "store",
                "store-away-" + since.since().truncatedTo(ChronoUnit.MINUTES),
                Notice.Tone.WRONG,
                since.inPart() ? "A part of the store is away" : "The store is away",
                text(store, since));
    }

    /** What is told of an outage, wherever. */
    static String text(String store, Outage since) {
        String flows = since.inPart()
                ? "Its keys are decided as the on-outage of their flows says"
                : "Each flow goes on as its on-outage says";
        return who(store, since) + " does not answer since " + seconds(since.since()) + ": " + since.why() + "\n"
                + flows + ", and the store is told when it is back.";
    }

    private static String who(String store, Outage since) {
        return since.inPart() ? "A part of " + store : store;
    }

    private Notice back(Outage since) {
        return new Notice(
                Notice.Kind.STORE,
                "store",
                "store-back-" + since.since().truncatedTo(ChronoUnit.MINUTES),
                Notice.Tone.OVER,
                "The store is back",
                who(store, since) + " did not answer since " + seconds(since.since())
                        + ". What was decided without it is being told to it.");
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
