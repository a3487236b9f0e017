package dev.sluice;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that can be away, for all or for one kind of event. */
final class UnreliableStore implements Store {
    private final Store inner;
    private volatile boolean away;
    private volatile Optional<Class<? extends Event>> breaking = Optional.empty();

    UnreliableStore(Store inner) {
        this.inner = inner;
    }

    void away(boolean isAway) {
        away = isAway;
    }

    /** Away for events of this kind. */
    void awayFor(Class<? extends Event> kind) {
        breaking = Optional.of(kind);
    }

    void backForAll() {
        breaking = Optional.empty();
    }

    private <T> CompletionStage<T> unlessAway(CompletionStage<T> stage) {
        return away ? CompletableFuture.failedFuture(new StoreException("the store is away")) : stage;
    }

    @Override
    public CompletionStage<Outcome> apply(Command command) {
        boolean broken = breaking.isPresent() && breaking.get().isInstance(command.event());
        return away || broken
                ? CompletableFuture.failedFuture(new StoreException("the store is away"))
                : inner.apply(command);
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
