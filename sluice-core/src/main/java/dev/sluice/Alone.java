package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Decides without the store, as each rule declares. A pass counts at once and has no claim, so that nothing must be
 * settled at a store that is away. What a key was allowed here lasts until its window ends, however often the store
 * comes and goes. Safe for use by many threads.
 */
final class Alone {
    private static final int LOOKS = 1_000;

    private final MemoryStore local;
    private final LongSupplier now;
    private final Owings owings;
    private final Map<String, Rule> rules = new ConcurrentHashMap<>();
    private final LongAdder passed = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final LongAdder opened = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /**
     * @param keys most keys that are known
     * @param now what is known of the clock of the store, in microseconds
     */
    Alone(int keys, LongSupplier now, Owings owings) {
        this.local = new MemoryStore(keys, () -> Micros.instant(now.getAsLong()));
        this.now = now;
        this.owings = owings;
    }

    /**
     * The answer to an offer. Nothing is owed by it yet.
     *
     * @throws StoreException if the rule is closed
     */
    Outcome decide(Command command, Event.Offer offer, String why) {
        return switch (command.rule().onOutage()) {
            case LOCAL -> locally(command, offer);
            case OPEN -> openly(command);
            case CLOSED -> {
                refused.increment();
                throw new StoreException("nothing is decided about '"
                        + command.key().flow() + "' while its store is away (" + why + "); try again later");
            }
        };
    }

    private Outcome locally(Command command, Event.Offer offer) {
        Event done = new Event.Offer(offer.id(), offer.nonce(), offer.mark(), Event.Settle.NOW);
        Outcome outcome = Gate.await(local.apply(new Command(command.key(), untold(command), done)));
        if (outcome.answer() instanceof Answer.Passed) {
            passed.increment();
        } else if (outcome.answer() instanceof Answer.Held) {
            held.increment();
        }
        List<Effect> effects = new ArrayList<>(outcome.effects());
        effects.add(new Effect.Elsewhere(Effect.Decider.LOCAL));
        return new Outcome(outcome.before(), outcome.state(), outcome.answer(), effects);
    }

    /** The same rule without a digest: what is held here is told by the store. */
    private Rule untold(Command command) {
        Rule untold = command.rule().untold();
        rules.put(Flows.name(command.key().flow(), command.key().variant()), untold);
        return untold;
    }

    private Outcome openly(Command command) {
        if (!owings.hasRoom(command.key())) {
            return new Outcome(State.EMPTY, State.EMPTY, new Answer.Full(), List.of());
        }
        opened.increment();
        Answer passes = new Answer.Passed(false, new Answer.Counts(1, 1, 0, now.getAsLong()));
        return new Outcome(State.EMPTY, State.EMPTY, passes, List.of(new Effect.Elsewhere(Effect.Decider.OPEN)));
    }

    /** The key was armed again: nothing of its window counts any more. */
    void rearmed(Key key) {
        local.drop(key);
    }

    /** Forgets keys of which nobody could observe that. */
    void forget() {
        if (local.size() > 0) {
            Gate.await(local.forget(
                    key -> Optional.ofNullable(rules.get(Flows.name(key.flow(), key.variant()))), LOOKS));
        }
    }

    long passed() {
        return passed.sum();
    }

    long held() {
        return held.sum();
    }

    long opened() {
        return opened.sum();
    }

    long refused() {
        return refused.sum();
    }
}
