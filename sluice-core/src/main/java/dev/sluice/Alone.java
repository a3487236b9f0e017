package dev.sluice;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Decides without the store, as each rule declares. A pass counts at once and has no claim, so that nothing must be
 * settled at a store that is away. What a key was allowed here lasts until its window ends, however often the store
 * comes and goes. What is known to be held takes no lock. Safe for use by many threads.
 */
final class Alone {
    private static final int LOOKS = 1_000;

    private static final Duration AGE = Duration.ofSeconds(1);
    private static final List<Effect> LOCAL = List.of(new Effect.Elsewhere(Effect.Decider.LOCAL));

    private final MemoryStore memory;
    private final DenialCache local;
    private final LongSupplier now;
    private final Predicate<Key> hasRoom;
    private final Map<String, Untold> rules = new ConcurrentHashMap<>();
    private final LongAdder passed = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final LongAdder opened = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private record Untold(Rule declared, Rule rule) {}

    /**
     * @param keys most keys that are known
     * @param now what is known of the clock of the store, in microseconds
     * @param hasRoom whether more can be owed to a key
     * @param ticks a clock that is never set back
     * @param ids where ids come from; used by many threads
     */
    Alone(int keys, LongSupplier now, Predicate<Key> hasRoom, InstantSource ticks, RandomGenerator ids) {
        this.memory = new MemoryStore(keys, () -> Micros.instant(now.getAsLong()));
        this.local = DenialCache.around(memory, new DenialCache.Settings(keys, AGE, Duration.ZERO), ticks, ids);
        this.now = now;
        this.hasRoom = hasRoom;
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
        Event done = offer.settling(Event.Settle.NOW);
        Outcome outcome = Gate.await(local.apply(new Command(command.key(), untold(command), done)));
        if (outcome.answer() instanceof Answer.Passed) {
            passed.increment();
        } else if (outcome.answer() instanceof Answer.Held) {
            held.increment();
        }
        return new Outcome(outcome.before(), outcome.state(), outcome.answer(), effects(outcome));
    }

    private static List<Effect> effects(Outcome outcome) {
        if (outcome.effects().isEmpty() || outcome.elsewhere().isPresent()) {
            return LOCAL;
        }
        List<Effect> effects = new ArrayList<>(outcome.effects());
        effects.addAll(LOCAL);
        return effects;
    }

    /** The same rule without a digest: what is held here is told by the store. */
    private Rule untold(Command command) {
        String name = Flows.name(command.key().flow(), command.key().variant());
        Untold known = rules.get(name);
        if (known == null || known.declared != command.rule()) {
            known = new Untold(command.rule(), command.rule().untold());
            rules.put(name, known);
        }
        return known.rule;
    }

    private Outcome openly(Command command) {
        if (!hasRoom.test(command.key())) {
            return new Outcome(State.EMPTY, State.EMPTY, new Answer.Full(), List.of());
        }
        opened.increment();
        Answer passes = new Answer.Passed(false, new Answer.Counts(1, 1, 0, now.getAsLong()));
        return new Outcome(State.EMPTY, State.EMPTY, passes, List.of(new Effect.Elsewhere(Effect.Decider.OPEN)));
    }

    /** The key was armed again: nothing of its window counts any more. */
    void rearmed(Key key) {
        memory.drop(key);
        local.doubt(key);
    }

    /** Forgets keys of which nobody could observe that. */
    void forget() {
        local.handBack();
        if (memory.size() > 0) {
            Gate.await(memory.forget(this::rule, LOOKS));
        }
    }

    private Optional<Rule> rule(Key key) {
        return Optional.ofNullable(rules.get(Flows.name(key.flow(), key.variant())))
                .map(Untold::rule);
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
