package dev.sluice;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that can be away. */
final class UnreliableStore implements Store {
    private final Store inner;
    private volatile boolean away;

    UnreliableStore(Store inner) {
        this.inner = inner;
    }

    void away(boolean isAway) {
        away = isAway;
    }

    private <T> CompletionStage<T> unlessAway(CompletionStage<T> stage) {
        return away ? CompletableFuture.failedFuture(new StoreException("the store is away")) : stage;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        return away ? CompletableFuture.failedFuture(new StoreException("the store is away")) : inner.apply(command);
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return unlessAway(inner.read(key));
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return unlessAway(inner.due(limit));
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return unlessAway(inner.nextDue());
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return unlessAway(inner.keys(flow, after, limit));
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return unlessAway(inner.forget(rules, most));
    }

    @Override
    public long now() {
        return inner.now();
    }

    @Override
    public void close() {
        inner.close();
    }
}
