package dev.sluice;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A store for several processes, of which each has a view: slow, silent or away, as the test wants. */
final class SharedStore {
    private final MemoryStore inner;
    private final List<Store.Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private boolean losesNext;
    private Optional<Delayed> delays = Optional.empty();

    SharedStore(InstantSource clock) {
        inner = new MemoryStore(1_000_000, clock);
    }

    /** An answer that has not arrived yet. */
    static final class Delayed {
        private final CompletableFuture<Outcome> answer = new CompletableFuture<>();
        private Optional<Outcome> outcome = Optional.empty();

        void arrive() {
            answer.complete(outcome.orElseThrow());
        }

        void never() {
            answer.completeExceptionally(new StoreException("the connection was lost"));
        }
    }

    /** As a process sees it. */
    Store seen() {
        return new View();
    }

    CompletionStage<Outcome> apply(Command command) {
        return inner.apply(command);
    }

    CompletionStage<Optional<State>> read(Key key) {
        return inner.read(key);
    }

    /** How many commands came from processes. */
    long asked() {
        return asked.get();
    }

    /** The next command of a process is applied, and the process never hears of it. */
    void loseNextReply() {
        losesNext = true;
    }

    /** The next command of a process is applied, and the process hears of it when the test says so. */
    Delayed delayNext() {
        Delayed delayed = new Delayed();
        delays = Optional.of(delayed);
        return delayed;
    }

    void tell(Consumer<Store.Listener> what) {
        listeners.forEach(what);
    }

    private final class View extends Around {
        View() {
            super(inner);
        }

        @Override
        public CompletionStage<Outcome> apply(Command command) {
            asked.incrementAndGet();
            CompletionStage<Outcome> answer = inner.apply(command);
            if (losesNext) {
                losesNext = false;
                return CompletableFuture.failedStage(new StoreException("the connection was lost"));
            }
            if (delays.isPresent()) {
                Delayed delayed = delays.get();
                delays = Optional.empty();
                delayed.outcome = Optional.of(Gate.await(answer));
                return delayed.answer;
            }
            return answer;
        }

        @Override
        public void listen(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void close() {}
    }
}
