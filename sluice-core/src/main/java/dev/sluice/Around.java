package dev.sluice;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A store in front of another one, which does whatever this one does not do itself. */
abstract class Around implements Store {
    private final Store inner;

    Around(Store inner) {
        this.inner = inner;
    }

    final Store inner() {
        return inner;
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key) {
        return inner.read(key);
    }

    @Override
    public CompletionStage<Optional<State>> read(Key key, long patience) {
        return inner.read(key, patience);
    }

    @Override
    public CompletionStage<List<Key>> due(int limit) {
        return inner.due(limit);
    }

    @Override
    public CompletionStage<Long> nextDue() {
        return inner.nextDue();
    }

    @Override
    public CompletionStage<List<Key>> keys(String flow, Optional<Key> after, int limit) {
        return inner.keys(flow, after, limit);
    }

    @Override
    public CompletionStage<List<Forgotten>> forget(RuleBook rules, int most) {
        return inner.forget(rules, most);
    }

    @Override
    public int parts() {
        return inner.parts();
    }

    @Override
    public int part(Key key) {
        return inner.part(key);
    }

    @Override
    public long now() {
        return inner.now();
    }
}
