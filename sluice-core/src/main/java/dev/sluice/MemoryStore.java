package dev.sluice;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of keys in this process; gone when the process ends. Bounded: when it is full and nothing can be
 * forgotten, an offer for a new key is answered {@link Answer.Full}. A decision costs one hash look-up; a key costs one
 * map entry and its packed state.
 */
public final class MemoryStore implements Store {
    /** How many keys are looked at, for some to forget, when the store is full: keeps a decision O(1). */
    private static final int LOOKS_WHEN_FULL = 4;

    private final InstantSource clock;
    private final int capacity;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<Due> dueIndex = new ConcurrentSkipListSet<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong fenceFloor = new AtomicLong();
    private final Object sweep = new Object();
    private Iterator<String> cursor = entries.keySet().iterator();
    private volatile boolean closed;

    /** The packed state, and the rule that was last at hand: it tells when the key may be forgotten. */
    private static final class Entry {
        final Rule rule;
        final byte[] packed;

        Entry(Rule rule, byte[] packed) {
            this.rule = rule;
            this.packed = packed;
        }
    }

    private record Due(long at, String key) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int sooner = Long.compare(at, other.at);
            return sooner != 0 ? sooner : key.compareTo(other.key);
        }
    }

    /**
     * A store for at most {@code capacity} keys.
     *
     * @throws IllegalArgumentException if {@code capacity} is below 1
     */
    public MemoryStore(int capacity, InstantSource clock) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity of a memory store must be at least 1, not " + capacity);
        }
        this.capacity = capacity;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return answer(() -> {
            String key = command.key().text();
            if (size.get() >= capacity && !entries.containsKey(key)) {
                makeRoom();
            }
            Application application = new Application(command);
            entries.compute(key, application::run);
            return application.outcome();
        });
    }

    private <T> CompletionStage<T> answer(Supplier<T> call) {
        return closed
                ? CompletableFuture.failedFuture(new StoreException("the memory store is closed"))
                : CompletableFuture.completedFuture(call.get());
    }

    /** One command on its way through {@code compute}, which runs it once while the key is locked. */
    private final class Application {
        private final Command command;
        private @Nullable Outcome outcome;

        Application(Command command) {
            this.command = command;
        }

        @Nullable
        Entry run(String key, @Nullable Entry entry) {
            if (entry == null && !command.event().brings()) {
                State absent = State.absent(fenceFloor.get());
                Outcome nothing = Step.apply(absent, command.rule(), command.event(), now());
                outcome = new Outcome(absent, nothing.state(), nothing.answer(), List.of());
                return null;
            }
            if (entry == null && !reserve(command.key())) {
                outcome = new Outcome(State.EMPTY, State.EMPTY, new Answer.Full(), List.of());
                return null;
            }
            Rule rule = command.rule();
            State before = entry == null ? State.absent(fenceFloor.get()) : Packed.decode(entry.packed);
            outcome = Step.apply(before, rule, command.event(), now());
            long dueBefore = entry == null ? Micros.FOREVER : Step.dueAt(before, entry.rule);
            reindex(key, dueBefore, Step.dueAt(outcome.state(), rule));
            return new Entry(rule, Packed.encode(outcome.state()));
        }

        Outcome outcome() {
            if (outcome == null) {
                throw new IllegalStateException("the command was not applied");
            }
            return outcome;
        }
    }

    /** The overflow subjects, one for each flow and variant, always find room. */
    private boolean reserve(Key key) {
        if (key.subject().equals(Key.OVERFLOW)) {
            size.incrementAndGet();
            return true;
        }
        return size.getAndUpdate(held -> held < capacity ? held + 1 : held) < capacity;
    }

    private void reindex(String key, long before, long after) {
        if (before == after) {
            return;
        }
        if (before != Micros.FOREVER) {
            dueIndex.remove(new Due(before, key));
        }
        if (after != Micros.FOREVER) {
            dueIndex.add(new Due(after, key));
        }
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return answer(() -> Optional.ofNullable(entries.get(key.text())).map(entry -> Packed.decode(entry.packed)));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return answer(() -> dueNow(limit));
    }

    private List<Key> dueNow(int limit) {
        long now = now();
        List<Key> due = new ArrayList<>();
        for (Due next : dueIndex) {
            if (next.at() > now || due.size() == limit) {
                break;
            }
            due.add(Key.parse(next.key()));
        }
        return due;
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return answer(() -> {
            Iterator<Due> soonest = dueIndex.iterator();
            return soonest.hasNext() ? soonest.next().at() : Micros.FOREVER;
        });
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        String behind = after.map(Key::text).orElse("");
        return answer(() -> entries.keySet().stream()
                .filter(text -> text.compareTo(behind) > 0)
                .map(Key::parse)
                .filter(key -> key.flow().equals(flow))
                .sorted(Comparator.comparing(Key::text))
                .limit(limit)
                .toList());
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return answer(() -> forgetSome(rules, most));
    }

    private List<Forgotten> forgetSome(RuleBook rules, int most) {
        List<Forgotten> forgotten = new ArrayList<>();
        sweep(most, (text, entry) -> {
            Key key = Key.parse(text);
            Outcome outcome = rules.rule(key)
                    .map(rule -> Step.forget(Packed.decode(entry.packed), rule, now()))
                    .orElse(null);
            if (outcome == null) {
                return entry;
            }
            forgotten.add(new Forgotten(key, outcome.books(new Event.Take())));
            return drop(text, entry);
        });
        return forgotten;
    }

    /** Forgets under pressure, with the rule last at hand; a key whose counts would go to the books stays. */
    private void makeRoom() {
        sweep(LOOKS_WHEN_FULL, (text, entry) -> {
            Outcome outcome = Step.forget(Packed.decode(entry.packed), entry.rule, now());
            return outcome == null || !outcome.books(new Event.Take()).equals(Books.EMPTY) ? entry : drop(text, entry);
        });
    }

    private void sweep(int most, BiFunction<String, Entry, @Nullable Entry> look) {
        synchronized (sweep) {
            int once = Math.min(most, entries.size());
            for (int looked = 0; looked < once; looked++) {
                if (!cursor.hasNext()) {
                    cursor = entries.keySet().iterator();
                    if (!cursor.hasNext()) {
                        return;
                    }
                }
                entries.computeIfPresent(cursor.next(), look);
            }
        }
    }

    private @Nullable Entry drop(String text, Entry entry) {
        State state = Packed.decode(entry.packed);
        fenceFloor.accumulateAndGet(state.fence(), Math::max);
        reindex(text, Step.dueAt(state, entry.rule), Micros.FOREVER);
        size.decrementAndGet();
        return null;
    }

    /** Forgets a key, whatever it holds. */
    void drop(Key key) {
        entries.computeIfPresent(key.text(), this::drop);
    }

    /** How many keys are held. */
    public int size() {
        return size.get();
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
