package dev.sluice.server;

import dev.sluice.Key;
import dev.sluice.State;
import dev.sluice.Store;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Keys in a store that has no order: to find those of a flow it goes over all that it has, so their names are asked for
 * once, and their states in a few round trips.
 */
record RemoteKeys(Store store) implements Keys {
    /** Keys that are counted at most. */
    static final int MOST_COUNTED = 100_000;

    private static final int BATCH = 1_000;

    @Override
    public Optional<State> state(Key key) {
        return StoredEngine.await(store.read(key));
    }

    @Override
    public List<Key> keys(String flow, Optional<Key> after, int limit) {
        return StoredEngine.await(store.keys(flow, after, limit));
    }

    @Override
    public boolean states(String flow, int most, BiConsumer<Key, State> each) {
        List<Key> keys = keys(flow, Optional.empty(), most + 1);
        List<Key> read = keys.subList(0, Math.min(most, keys.size()));
        for (int from = 0; from < read.size(); from += BATCH) {
            List<Key> batch = read.subList(from, Math.min(read.size(), from + BATCH));
            List<CompletableFuture<Optional<State>>> states = batch.stream()
                    .map(key -> store.read(key).toCompletableFuture())
                    .toList();
            for (int i = 0; i < batch.size(); i++) {
                Key key = batch.get(i);
                StoredEngine.await(states.get(i)).ifPresent(state -> each.accept(key, state));
            }
        }
        return keys.size() <= most;
    }

    @Override
    public long count(String flow) {
        return keys(flow, Optional.empty(), MOST_COUNTED).size();
    }

    @Override
    public long now() {
        return store.now();
    }
}
