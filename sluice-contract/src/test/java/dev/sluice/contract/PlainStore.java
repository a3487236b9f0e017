package dev.sluice.contract;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The plainest store that there can be, with faults that can be switched on: what the kit must find. */
final class PlainStore implements Store {
    /** What may be wrong with a store. */
    enum Fault {
        /** Reads, steps and writes without a lock. */
        NO_LOCK,
        /** A forgotten key begins at fence 0 again. */
        NO_FLOOR,
        /** The index is written with the first state of a key and never again. */
        STALE_INDEX,
        /** The index knows the order of the keys and not that of the times. */
        UNSORTED_INDEX,
        /** Whatever is not used right now is forgotten. */
        FORGETS_EARLY,
        /** What a forgotten key still held is not handed to the books. */
        FORGETS_COUNTS,
        /** Whoever reads sees time pass. */
        READ_ADVANCES,
        /** A page begins with the last key of the page before. */
        PAGES_OVERLAP,
        /** A lost reply makes the store apply the command twice. */
        APPLIES_TWICE,
        /** A reset of a key that is not there makes one. */
        KEEPS_STRANGERS,
        /** It answers although it is closed. */
        NEVER_CLOSED
    }

    /** How wide the gap between read and write is without a lock, in nanoseconds: so wide that a race falls into it. */
    private static final long WIDE = 100_000;

    private record Kept(State state, Rule rule, long due) {}

    private final Map<String, Kept> keys = new ConcurrentSkipListMap<>();
    private final InstantSource clock;
    private final Set<Fault> faults;
    private volatile long floor;
    private volatile boolean closed;

    PlainStore(InstantSource clock, Set<Fault> faults) {
        this.clock = clock;
        this.faults = faults.isEmpty() ? EnumSet.noneOf(Fault.class) : EnumSet.copyOf(faults);
    }

    private boolean has(Fault fault) {
        return faults.contains(fault);
    }

    private <T> CompletionStage<T> answer(Supplier<T> call) {
        if (closed && !has(Fault.NEVER_CLOSED)) {
            return CompletableFuture.failedFuture(new StoreException("the store is closed"));
        }
        if (has(Fault.NO_LOCK)) {
            return CompletableFuture.completedFuture(call.get());
        }
        synchronized (this) {
            return CompletableFuture.completedFuture(call.get());
        }
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return answer(() -> {
            Outcome outcome = step(command);
            return has(Fault.APPLIES_TWICE) ? step(command) : outcome;
        });
    }

    private Outcome step(Command command) {
        String key = command.key().text();
        Kept kept = keys.get(key);
        State before = kept == null ? State.absent(floor) : kept.state();
        Outcome outcome = Step.apply(before, command.rule(), command.event(), now());
        if (has(Fault.NO_LOCK)) {
            LockSupport.parkNanos(WIDE);
        }
        if (kept == null && !command.event().brings() && !has(Fault.KEEPS_STRANGERS)) {
            return new Outcome(before, outcome.state(), outcome.answer(), List.of());
        }
        long due = kept != null && has(Fault.STALE_INDEX) ? kept.due() : Step.dueAt(outcome.state(), command.rule());
        keys.put(key, new Kept(outcome.state(), command.rule(), due));
        return outcome;
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return answer(() -> Optional.ofNullable(keys.get(key.text()))
                .map(kept -> has(Fault.READ_ADVANCES) ? Step.advance(kept.state(), kept.rule(), now()) : kept.state()));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        Comparator<Map.Entry<String, Kept>> soonest = Comparator.comparingLong(
                entry -> has(Fault.UNSORTED_INDEX) ? 0 : entry.getValue().due());
        return answer(() -> keys.entrySet().stream()
                .filter(entry -> entry.getValue().due() <= now())
                .sorted(soonest)
                .limit(limit)
                .map(entry -> Key.parse(entry.getKey()))
                .toList());
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return answer(() -> keys.values().stream().mapToLong(Kept::due).min().orElse(Micros.FOREVER));
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        int behind = has(Fault.PAGES_OVERLAP) ? 0 : 1;
        return answer(() -> keys.keySet().stream()
                .filter(text -> after.isEmpty() || text.compareTo(after.get().text()) >= behind)
                .map(Key::parse)
                .filter(key -> key.flow().equals(flow))
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return answer(() -> {
            List<Forgotten> forgotten = new ArrayList<>();
            for (Map.Entry<String, Kept> entry : keys.entrySet()) {
                if (forgotten.size() < most) {
                    forget(Key.parse(entry.getKey()), entry.getValue().state(), rules)
                            .ifPresent(forgotten::add);
                }
            }
            return forgotten;
        });
    }

    private Optional<Forgotten> forget(Key key, State state, RuleBook rules) {
        long early = has(Fault.FORGETS_EARLY) ? 3_600_000_000L : 0;
        Optional<Outcome> outcome = rules.rule(key).map(rule -> Step.forget(state, rule, now() + early));
        if (outcome.isEmpty()) {
            return Optional.empty();
        }
        floor = has(Fault.NO_FLOOR) ? 0 : Math.max(floor, state.fence());
        keys.remove(key.text());
        Outcome forgotten = outcome.get();
        if (has(Fault.FORGETS_COUNTS)) {
            forgotten = new Outcome(forgotten.before(), forgotten.before(), forgotten.answer(), List.of());
        }
        return Optional.of(new Forgotten(key, forgotten.books(new Event.Take())));
    }

    @Override
    public long now() {
        return Micros.of(clock.instant());
    }

    @Override
    public void close() {
        closed = true;
    }
}
