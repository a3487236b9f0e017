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
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
        NEVER_CLOSED,
        /** A process goes by what it saw last of a key. */
        REMEMBERS,
        /** Each process locks for itself. */
        LOCKS_ALONE,
        /** The floor of forgotten fences is known to the process that forgot them. */
        FLOOR_OF_ITS_OWN,
        /** Nobody is told of a reset elsewhere. */
        TELLS_NOBODY,
        /** What is repeated after a lost reply counts as something new. */
        REPEATS_AS_NEW,
        /** A lost reply is a failure that says nothing. */
        FAILS_ODDLY,
        /** What the server has for the time is not asked for. */
        GOES_BY_ITS_PROCESS,
        /** Its time is now and then what it was before. */
        TIME_GOES_BACK
    }

    /** How wide the gap between read and write is without a lock, in nanoseconds: so wide that a race falls into it. */
    private static final long WIDE = 100_000;

    private record Kept(State state, Rule rule, long due) {}

    /** What all processes share. */
    private static final class Shelf {
        private final Map<String, Kept> keys = new ConcurrentSkipListMap<>();
        private final Queue<Listener> listeners = new ConcurrentLinkedQueue<>();
        private volatile long floor;
    }

    private final Shelf shelf;
    private final InstantSource clock;
    private final Set<Fault> faults;
    private final Map<String, Kept> remembered = new ConcurrentHashMap<>();
    private final AtomicInteger looks = new AtomicInteger();
    private Optional<Command> lost = Optional.empty();
    private volatile long ownFloor;
    private volatile boolean losing;
    private volatile boolean closed;

    PlainStore(InstantSource clock, Set<Fault> faults) {
        this(new Shelf(), clock, faults);
    }

    private PlainStore(Shelf shelf, InstantSource clock, Set<Fault> faults) {
        this.shelf = shelf;
        this.clock = clock;
        this.faults = faults.isEmpty() ? EnumSet.noneOf(Fault.class) : EnumSet.copyOf(faults);
    }

    /** The same keys in another process. */
    PlainStore elsewhere(InstantSource there) {
        return new PlainStore(shelf, there, faults);
    }

    /** The same keys by the clock of their server. */
    PlainStore byItsOwnClock(Duration ahead) {
        InstantSource system = InstantSource.system();
        return elsewhere(has(Fault.GOES_BY_ITS_PROCESS) ? system : InstantSource.offset(system, ahead));
    }

    /** The next command is applied, and its answer is lost. */
    void loseNextReply() {
        losing = true;
    }

    private boolean has(Fault fault) {
        return faults.contains(fault);
    }

    private Object lock() {
        return has(Fault.LOCKS_ALONE) ? this : shelf;
    }

    private long floor() {
        return has(Fault.FLOOR_OF_ITS_OWN) ? ownFloor : shelf.floor;
    }

    private @Nullable Kept kept(String key) {
        Kept known = has(Fault.REMEMBERS) ? remembered.get(key) : null;
        return known == null ? shelf.keys.get(key) : known;
    }

    private void keep(String key, Kept kept) {
        remembered.put(key, kept);
        shelf.keys.put(key, kept);
    }

    private <T> CompletionStage<T> answer(Supplier<T> call) {
        if (closed && !has(Fault.NEVER_CLOSED)) {
            return CompletableFuture.failedFuture(new StoreException("the store is closed"));
        }
        if (has(Fault.NO_LOCK)) {
            return CompletableFuture.completedFuture(call.get());
        }
        synchronized (lock()) {
            return CompletableFuture.completedFuture(call.get());
        }
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        boolean loses = losing;
        losing = false;
        CompletionStage<Outcome> answered = answer(() -> {
            Outcome outcome = step(again(command));
            return has(Fault.APPLIES_TWICE) ? step(command) : outcome;
        });
        if (loses) {
            lost = Optional.of(command);
            String why = "the connection was cut";
            return CompletableFuture.failedFuture(
                    has(Fault.FAILS_ODDLY) ? new IllegalStateException(why) : new StoreException(why));
        }
        return answered;
    }

    private Command again(Command command) {
        if (has(Fault.REPEATS_AS_NEW)
                && lost.equals(Optional.of(command))
                && command.event() instanceof Event.Offer offer) {
            Event renewed = new Event.Offer(-offer.id(), offer.nonce(), offer.mark(), offer.settle());
            return new Command(command.key(), command.rule(), renewed);
        }
        return command;
    }

    @Override
    public void listen(Listener listener) {
        shelf.listeners.add(listener);
    }

    private Outcome step(Command command) {
        String key = command.key().text();
        Kept kept = kept(key);
        State before = kept == null ? State.absent(floor()) : kept.state();
        Outcome outcome = Step.apply(before, command.rule(), command.event(), now());
        if (has(Fault.NO_LOCK) || has(Fault.LOCKS_ALONE)) {
            LockSupport.parkNanos(WIDE);
        }
        if (kept == null && !command.event().brings() && !has(Fault.KEEPS_STRANGERS)) {
            return new Outcome(before, outcome.state(), outcome.answer(), List.of());
        }
        long due = kept != null && has(Fault.STALE_INDEX) ? kept.due() : Step.dueAt(outcome.state(), command.rule());
        keep(key, new Kept(outcome.state(), command.rule(), due));
        if (command.event() instanceof Event.Reset && !has(Fault.TELLS_NOBODY)) {
            shelf.listeners.forEach(listener -> listener.rearmed(command.key()));
        }
        return outcome;
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return answer(() -> Optional.ofNullable(shelf.keys.get(key.text()))
                .map(kept -> has(Fault.READ_ADVANCES) ? Step.advance(kept.state(), kept.rule(), now()) : kept.state()));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        Comparator<Map.Entry<String, Kept>> soonest = Comparator.comparingLong(
                entry -> has(Fault.UNSORTED_INDEX) ? 0 : entry.getValue().due());
        return answer(() -> shelf.keys.entrySet().stream()
                .filter(entry -> entry.getValue().due() <= now())
                .sorted(soonest)
                .limit(limit)
                .map(entry -> Key.parse(entry.getKey()))
                .toList());
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return answer(
                () -> shelf.keys.values().stream().mapToLong(Kept::due).min().orElse(Micros.FOREVER));
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        int behind = has(Fault.PAGES_OVERLAP) ? 0 : 1;
        return answer(() -> shelf.keys.keySet().stream()
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
            for (Map.Entry<String, Kept> entry : shelf.keys.entrySet()) {
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
        ownFloor = Math.max(ownFloor, state.fence());
        shelf.floor = has(Fault.NO_FLOOR) ? 0 : Math.max(shelf.floor, state.fence());
        shelf.keys.remove(key.text());
        Outcome forgotten = outcome.get();
        if (has(Fault.FORGETS_COUNTS)) {
            forgotten = new Outcome(forgotten.before(), forgotten.before(), forgotten.answer(), List.of());
        }
        return Optional.of(new Forgotten(key, forgotten.books(new Event.Take())));
    }

    @Override
    public long now() {
        boolean back = has(Fault.TIME_GOES_BACK) && looks.incrementAndGet() % 7 == 0;
        return Micros.of(clock.instant()) - (back ? WIDE : 0);
    }

    @Override
    public void close() {
        closed = true;
    }
}
