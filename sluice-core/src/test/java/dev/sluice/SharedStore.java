package dev.sluice;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A store for several processes. Each has a view of it, which may be slow, silent or away, as the test wants. */
final class SharedStore {
    private final MemoryStore inner;
    private final List<Store.Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Key, Books> books = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final Set<Key> damaged = ConcurrentHashMap.newKeySet();

    SharedStore(InstantSource clock) {
        inner = new MemoryStore(1_000_000, clock);
    }

    CompletionStage<Outcome> apply(Command command) {
        return inner.apply(command).thenApply(outcome -> {
            books.merge(command.key(), outcome.books(command.event()), Books::plus);
            return outcome;
        });
    }

    /** What all steps of a key moved. */
    Books books(Key key) {
        return books.getOrDefault(key, Books.EMPTY);
    }

    CompletionStage<Optional<State>> read(Key key) {
        return inner.read(key);
    }

    /** How many commands came from processes. */
    long asked() {
        return asked.get();
    }

    /** How often processes read a state. */
    long reads() {
        return reads.get();
    }

    /** Nobody can read the state of the key. */
    void damage(Key key) {
        damaged.add(key);
    }

    void mend(Key key) {
        damaged.remove(key);
    }

    private <T> CompletionStage<T> of(Key key, Supplier<CompletionStage<T>> call) {
        return damaged.contains(key)
                ? CompletableFuture.failedStage(
                        new DamagedStateException(key.text(), new IllegalArgumentException("format 9")))
                : call.get();
    }

    void tell(Consumer<Store.Listener> what) {
        listeners.forEach(what);
    }

    /** How the connection of a process is. */
    enum Line {
        /** All is well. */
        UP,
        /** Nothing arrives, and that is known at once. */
        CUT,
        /** Everything arrives, and no answer comes back. */
        CUT_BACKWARDS,
        /** Nothing arrives, and nobody hears of it before {@link View#arrive}. */
        SILENT,
        /** Everything arrives, and the answers wait for {@link View#arrive}. */
        SLOW
    }

    /** As a process sees it. */
    View seen() {
        return new View();
    }

    private record Loss(Predicate<Command> of, Runnable meanwhile) {}

    final class View extends Around {
        private final Queue<Runnable> late = new ArrayDeque<>();
        private final Map<Integer, Line> linesOfParts = new ConcurrentHashMap<>();
        private int parts = 1;
        private volatile Line line = Line.UP;
        private volatile Optional<Line> once = Optional.empty();
        private volatile Predicate<Command> refused = command -> false;
        private volatile Predicate<Key> unread = key -> false;
        private volatile Optional<Loss> loss = Optional.empty();
        private int left = Integer.MAX_VALUE;
        private boolean closed;

        private View() {
            super(inner);
        }

        void line(Line how) {
            linesOfParts.clear();
            line = how;
            left = Integer.MAX_VALUE;
        }

        /** The store is of so many parts. */
        void parts(int number) {
            parts = number;
        }

        /** The way to the part of a key. */
        void line(Key key, Line how) {
            linesOfParts.put(part(key), how);
        }

        @Override
        public int parts() {
            return parts;
        }

        @Override
        public int part(Key key) {
            return key.shard() % parts;
        }

        /** For the next call only. */
        void next(Line how) {
            once = Optional.of(how);
        }

        /** The store is there, and does not take these. */
        void refuse(Predicate<Command> commands) {
            refused = commands;
        }

        void refuseReads(Predicate<Key> keys) {
            unread = keys;
        }

        /** The next of these arrives, and its answer is lost, after what happens meanwhile. */
        void loseAnswer(Predicate<Command> of, Runnable meanwhile) {
            loss = Optional.of(new Loss(of, meanwhile));
        }

        /** It is cut after so many more calls. */
        void cutAfter(int calls) {
            left = calls;
        }

        /** The answers that were slow arrive. */
        void arrive() {
            while (!late.isEmpty()) {
                late.remove().run();
            }
        }

        boolean closed() {
            return closed;
        }

        @Override
        public CompletionStage<Outcome> apply(Command command) {
            asked.incrementAndGet();
            if (refused.test(command)) {
                return CompletableFuture.failedStage(new StoreException("refused"));
            }
            if (loss.isPresent() && loss.get().of().test(command)) {
                Runnable meanwhile = loss.get().meanwhile();
                loss = Optional.empty();
                Gate.await(SharedStore.this.apply(command));
                meanwhile.run();
                return lost();
            }
            return over(lineOf(command.key()), () -> of(command.key(), () -> SharedStore.this.apply(command)));
        }

        @Override
        public CompletionStage<Optional<State>> read(Key key) {
            reads.incrementAndGet();
            if (unread.test(key)) {
                return CompletableFuture.failedStage(new StoreException("refused"));
            }
            return over(lineOf(key), () -> of(key, () -> inner.read(key)));
        }

        @Override
        public CompletionStage<List<Key>> due(int limit) {
            return over(line, () -> inner.due(limit));
        }

        private Line lineOf(Key key) {
            return linesOfParts.getOrDefault(part(key), line);
        }

        private <T> CompletionStage<T> over(Line usual, Supplier<CompletionStage<T>> call) {
            if (left-- <= 0) {
                line = Line.CUT;
            }
            Line how = once.orElse(left < 0 ? Line.CUT : usual);
            once = Optional.empty();
            return switch (how) {
                case UP -> call.get();
                case CUT -> lost();
                case CUT_BACKWARDS -> {
                    Gate.await(call.get());
                    yield lost();
                }
                case SILENT -> {
                    CompletableFuture<T> fails = new CompletableFuture<>();
                    late.add(() -> fails.completeExceptionally(new StoreException("no answer")));
                    yield fails;
                }
                case SLOW -> {
                    T answer = Gate.await(call.get());
                    CompletableFuture<T> arrives = new CompletableFuture<>();
                    late.add(() -> arrives.complete(answer));
                    yield arrives;
                }
            };
        }

        private static <T> CompletionStage<T> lost() {
            return CompletableFuture.failedStage(new StoreException("the connection was lost"));
        }

        @Override
        public boolean shared() {
            return true;
        }

        @Override
        public void listen(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
