package dev.sluice;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An offer of which the store did not say in time what became of it, and that was answered without it. Once the store can
 * be asked, both must be brought together: what it gave out is settled as this process answered, and what it never
 * counted is reported to it.
 */
final class Asked extends Call<Outcome> {
    private final Command command;
    private final Event.Offer offer;
    private final OutageDoctrine doctrine;
    private volatile Optional<Outcome> own = Optional.empty();
    private volatile Optional<Outcome> late = Optional.empty();
    private volatile boolean ended;
    private final AtomicBoolean owes = new AtomicBoolean();

    Asked(long deadline, Command command, Event.Offer offer, OutageDoctrine doctrine) {
        super(deadline);
        this.command = command;
        this.offer = offer;
        this.doctrine = doctrine;
    }

    Command command() {
        return command;
    }

    long id() {
        return offer.id();
    }

    @Override
    void late(Outcome outcome) {
        late = Optional.of(outcome);
        ended = true;
    }

    @Override
    void ended() {
        ended = true;
    }

    /** Whether nothing more is to come from the store by itself. */
    boolean isEnded() {
        return ended;
    }

    @Override
    void without(StoreException why) {
        try {
            Outcome decided = doctrine.alone().decide(command, offer, String.valueOf(why.getMessage()));
            own = Optional.of(decided);
            doctrine.unknown(this);
            answer().complete(decided);
        } catch (StoreException closed) {
            doctrine.unknown(this);
            answer().completeExceptionally(closed);
        }
    }

    /** Whether it passed by the word of this process. */
    boolean passed() {
        return own.isPresent() && own.get().answer() instanceof Answer.Passed;
    }

    /** Whether somebody was told that it passed or is held, and nobody else owes that to the store yet. */
    boolean isOwed() {
        return !owes.get() && (passed() || held());
    }

    private boolean held() {
        return own.isPresent() && own.get().answer() instanceof Answer.Held;
    }

    /** The same occurrence came again. A caller that reports passes may not have kept the first answer: it passes again. */
    Outcome again(long now) {
        if (doctrine.leavesPasses()) {
            return own.orElseThrow();
        }
        Answer.Counts counts = new Answer.Counts(1, 1, 0, now);
        Answer repeated = new Answer.Repeated(new Settled(0, offer.id(), Settled.End.DONE), counts);
        return new Outcome(State.EMPTY, State.EMPTY, repeated, List.of());
    }

    /** Brings both together. */
    CompletionStage<?> resolve(Store store, Owings owings) {
        Optional<Outcome> known = late;
        if (known.isPresent()) {
            return counted(known.get().answer())
                    ? CompletableFuture.completedStage(true)
                    : resolve(store, owings, known.get().state());
        }
        return store.read(command.key()).thenCompose(state -> resolve(store, owings, state.orElse(State.EMPTY)));
    }

    /** Whether the store counted it as this process did, or at least in a way that nothing can change. */
    private boolean counted(Answer answer) {
        return answer instanceof Answer.Passed
                || answer instanceof Answer.Repeated
                || (answer instanceof Answer.Held && !passed());
    }

    private CompletionStage<?> resolve(Store store, Owings owings, State state) {
        Optional<Live> live =
                state.live().stream().filter(claim -> claim.id() == offer.id()).findFirst();
        boolean settled = state.settled().stream().anyMatch(ended -> ended.id() == offer.id());
        if (live.isPresent() && !passed() && offer.naming() == Event.Naming.BY_CALLER) {
            // Another process may have been given the same claim: it settles it, or it is lost after one lease.
            return CompletableFuture.completedStage(true);
        } else if (live.isPresent() && !settled && passed() && doctrine.leavesPasses()) {
            // The report of the caller completes it. Without one nothing went out, and it is lost after one lease.
            return CompletableFuture.completedStage(true);
        } else if (live.isPresent()) {
            return store.apply(new Command(command.key(), command.rule(), end(live.get(), settled)));
        }
        if (!settled) {
            untaken(owings, store.now());
        }
        return CompletableFuture.completedStage(true);
    }

    /**
     * Owes what was answered, as if the store had never heard of it. Where it has, a pass is counted once by its id, and
     * what was held is counted once more. Once only, and not if the store has said since that it counted it.
     */
    void untaken(Owings owings, long now) {
        boolean known = late.filter(outcome -> counted(outcome.answer())).isPresent();
        if (known || !owes.compareAndSet(false, true)) {
            return;
        }
        if (passed()) {
            doctrine.owePass(command, offer.id());
        } else if (held()) {
            owings.held(command, now);
        }
    }

    /** What nobody was told of leaves no trace, so that the same id may come again. */
    private Event end(Live live, boolean reported) {
        if (passed() && !reported) {
            return new Event.Complete(live.fence(), live.nonce());
        }
        Event.Why why = held() ? Event.Why.BUDGET : Event.Why.REFUSED;
        return new Event.Release(live.fence(), live.nonce(), why);
    }
}
