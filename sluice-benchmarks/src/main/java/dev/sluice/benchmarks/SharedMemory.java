package dev.sluice.benchmarks;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A memory store that says it is shared, so that a gate puts in front of it what it puts in front of a server. */
final class SharedMemory implements Store {
    private final MemoryStore memory;
    private volatile boolean away;

    SharedMemory(MemoryStore memory) {
        this.memory = memory;
    }

    /** From now on decides nothing. */
    void leave() {
        away = true;
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return away
                ? CompletableFuture.failedFuture(new StoreException("the store was taken away"))
                : memory.apply(command);
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return memory.read(key);
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return memory.due(limit);
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return memory.nextDue();
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return memory.keys(flow, after, limit);
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return memory.forget(rules, most);
    }

    @Override
    public long now() {
        return memory.now();
    }

    @Override
    public void close() {
        memory.close();
    }
}
