package dev.sluice.server.http;

import dev.sluice.Key;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Holds;
import dev.sluice.server.scan.Scans;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does with a candidate of a scan. Whatever is done is in the ledger, with who did it. Everything waits for
 * the stores, and throws {@link dev.sluice.StoreException} if one does not answer.
 */
public final class CandidateOrders {
    private final Engine engine;
    private final String flow;
    private final String by;

    /**
     * Orders for one flow that scans.
     *
     * @param by who gives them, for the ledger
     */
    public CandidateOrders(Engine engine, String flow, String by) {
        this.engine = engine;
        this.flow = flow;
        this.by = by;
    }

    /** What became of an order. */
    public sealed interface Outcome {
        /**
         * It was done.
         *
         * @param message that goes out, if one does
         */
        record Done(String what, Optional<Long> message) implements Outcome {}

        /** Nothing was done, and why. */
        record Refused(String why) implements Outcome {}
    }

    /**
     * Sends a candidate now: makes its next attempt at once if it is on its way, and otherwise reads it again and offers it,
     * before its turn and whatever its age. The gate decides: in one window it goes out once.
     *
     * @param subject of its key in full
     * @param again begins a new window first, so that it goes out once more in one in which it went out already
     */
    public Outcome send(String subject, boolean again) {
        Key key = Key.of(flow, subject);
        Optional<Holds.Hold> hold = engine.scans().holds().of(flow, key.subject());
        if (hold.isPresent()) {
            return new Outcome.Refused("it is " + hold.get().why() + "; let it go first");
        }
        Optional<MessageView> underWay = underWay(key);
        if (underWay.isPresent()) {
            long id = underWay.get().message().id();
            return await(engine.hasten(id, by))
                    ? new Outcome.Done("its next attempt is made now", Optional.of(id))
                    : new Outcome.Refused("it is on its way already, as message " + id);
        }
        Scans.Read read = engine.scans().read(flow, subject);
        return read instanceof Scans.Read.Offerable offerable
                ? offer(key, offerable.occurrence(), again)
                : new Outcome.Refused("it is not sent: " + ((Scans.Read.Gone) read).why());
    }

    private Optional<MessageView> underWay(Key key) {
        Outbox.MessageFilter ofKey =
                new Outbox.MessageFilter(Optional.of(flow), Optional.of(key), Optional.empty(), Optional.empty());
        return engine.messages(ofKey, 1).stream()
                .filter(view -> view.state() == MessageState.PENDING || view.state() == MessageState.PREPARED)
                .findFirst();
    }

    private Outcome offer(Key key, Occurrence occurrence, boolean again) {
        await(engine.note(key, "candidate: " + (again ? "offered again in its window by " : "offered now by ") + by));
        if (again) {
            await(engine.reset(key, OptionalDouble.empty()));
        }
        Acceptance answer = await(engine.accept(occurrence));
        if (answer instanceof Acceptance.Decided decided) {
            return decided.message()
                    .<Outcome>map(message -> {
                        engine.scans()
                                .settled(
                                        flow, Audience.user(occurrence.content().title()));
                        return new Outcome.Done("it goes out", Optional.of(message.id()));
                    })
                    .orElseGet(() -> held(decided));
        }
        return new Outcome.Refused("it was not decided; try again");
    }

    private static Outcome held(Acceptance.Decided decided) {
        String why = decided.detail()
                .filter(Acceptance.Refused.class::isInstance)
                .map(detail ->
                        "by budget " + ((Acceptance.Refused) detail).budget().variant())
                .orElse("(" + decided.reason() + ")");
        String until = decided.next().map(next -> " until " + next).orElse("");
        return new Outcome.Refused("it is held " + why + until);
    }

    /**
     * Keeps a candidate back. What waits to be sent is withdrawn; what is being sent just now is not sent once more.
     *
     * @param length for how long; empty: until it is let go
     */
    public Outcome hold(String subject, Optional<Duration> length) {
        Instant now = engine.now();
        Optional<Instant> until = length.map(now::plus);
        String what = "held" + until.map(time -> " until " + time).orElse("");
        return keep(subject, new Holds.Hold(bounded(subject), false, now, until, by), what);
    }

    /** Gives a candidate up: this content of this user is not sent any more, until it is let go. */
    public Outcome forget(String subject) {
        Holds.Hold forgotten = new Holds.Hold(bounded(subject), true, engine.now(), Optional.empty(), by);
        return keep(subject, forgotten, "forgotten");
    }

    private String bounded(String subject) {
        return Key.of(flow, subject).subject();
    }

    private Outcome keep(String subject, Holds.Hold hold, String what) {
        if (!await(engine.scans().holds().put(flow, hold))) {
            return new Outcome.Refused(Holds.MOST + " candidates of this flow are kept back; let some go first");
        }
        Key key = Key.of(flow, subject);
        await(engine.note(key, "candidate: " + what + " by " + by));
        underWay(key).ifPresent(view -> await(engine.withdraw(view.message().id(), by)));
        engine.scans().settled(flow, Audience.user(subject));
        return new Outcome.Done("it is " + what, Optional.empty());
    }

    /** Lets a candidate that was kept back go out again: the next scan offers it. */
    public Outcome letGo(String subject) {
        Key key = Key.of(flow, subject);
        if (!await(engine.scans().holds().remove(flow, key.subject()))) {
            return new Outcome.Refused("it is not kept back");
        }
        await(engine.note(key, "candidate: let go by " + by));
        engine.scans().settled(flow, Audience.user(subject));
        return new Outcome.Done("it is let go", Optional.empty());
    }

    private static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
