package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/** A store of keys that books its steps, and fails as it is told: before it does something, or after it. */
final class FaultyGate implements Store {
    private static final int CAPACITY = 100_000;

    private final MemoryStore keys;
    private final Map<String, Books> books = new TreeMap<>();
    private final List<String> breaches = new ArrayList<>();
    private volatile Function<Command, Fault> faults = command -> Fault.NONE;
    private volatile boolean away;
    private volatile boolean elsewhere;
    private volatile Predicate<Command> held = command -> false;
    private volatile boolean waiting;
    private final CompletableFuture<Boolean> gate = new CompletableFuture<>();

    /** What becomes of a command. */
    enum Fault {
        /** It is applied and answered. */
        NONE,
        /** It never arrives. */
        BEFORE,
        /** It is applied, and its answer is lost. */
        AFTER
    }

    FaultyGate(InstantSource clock) {
        this.keys = new MemoryStore(CAPACITY, clock);
    }

    void faults(Function<Command, Fault> faults) {
        this.faults = faults;
    }

    /** Offers are answered in place of it, and counted nowhere. */
    void elsewhere(boolean isElsewhere) {
        elsewhere = isElsewhere;
    }

    private static Outcome elsewhere(long now) {
        Answer passed = new Answer.Passed(false, new Answer.Counts(1, 1, 0, now));
        return new Outcome(State.EMPTY, State.EMPTY, passed, List.of(new Effect.Elsewhere(Effect.Decider.LOCAL)));
    }

    /** Commands of this kind wait until {@link #letGo}. */
    void hold(Predicate<Command> commands) {
        held = commands;
    }

    /** Whether a command waits. */
    boolean holds() {
        return waiting;
    }

    void letGo() {
        held = command -> false;
        gate.complete(true);
    }

    /** Nothing at all can be asked. */
    void away(boolean isAway) {
        away = isAway;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        if (held.test(command)) {
            waiting = true;
            return gate.thenCompose(open -> apply(command));
        }
        if (elsewhere) {
            return command.event() instanceof Event.Offer
                    ? CompletableFuture.completedFuture(elsewhere(now()))
                    : lost();
        }
        Fault fault = away ? Fault.BEFORE : faults.apply(command);
        if (fault == Fault.BEFORE) {
            return lost();
        }
        CompletionStage<Outcome> outcome = booked(command);
        return fault == Fault.AFTER ? lost() : outcome;
    }

    private synchronized CompletionStage<Outcome> booked(Command command) {
        return keys.apply(command).thenApply(outcome -> {
            look(command, outcome);
            if (!(outcome.answer() instanceof Answer.Full)) {
                books.merge(command.key().flow(), outcome.books(command.event()), Books::plus);
            }
            return outcome;
        });
    }

    /** No window sees more than its limit, but for what came late and says so. */
    private void look(Command command, Outcome outcome) {
        long late = outcome.effects().stream()
                .mapToLong(effect -> effect instanceof Effect.Overshoot over ? over.by() : 0)
                .sum();
        long most = Math.max(command.rule().limit(), outcome.before().used()) + late;
        if (outcome.state().used() > most) {
            breaches.add(outcome.state().used() + " used by " + command.key() + " after " + command.event());
        }
    }

    /** What broke the cap of a key. */
    synchronized List<String> breaches() {
        return List.copyOf(breaches);
    }

    private static <T> CompletionStage<T> lost() {
        return CompletableFuture.failedFuture(new StoreException("the store of keys does not answer"));
    }

    synchronized CompletionStage<Map<String, Books>> books() {
        return away ? lost() : CompletableFuture.completedFuture(new TreeMap<>(books));
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return away ? lost() : keys.read(key);
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return away ? lost() : keys.due(limit);
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return away ? lost() : keys.nextDue();
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return away ? lost() : keys.keys(flow, after, limit);
    }

    @Override
    public synchronized CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return away
                ? lost()
                : keys.forget(rules, most).thenApply(all -> {
                    all.forEach(each -> books.merge(each.key().flow(), each.books(), Books::plus));
                    return all;
                });
    }

    @Override
    public long now() {
        return keys.now();
    }

    @Override
    public void close() {
        keys.close();
    }
}
