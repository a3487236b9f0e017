package dev.sluice.server;

import dev.sluice.Key;
import dev.sluice.State;
import dev.sluice.sql.SqlStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Keys in a database: sorted, and counted where they lie. */
record SqlKeys(SqlStore store) implements Keys {
    private static final int BATCH = 2_000;

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
        Optional<Key> last = Optional.empty();
        int read = 0;
        int some;
        do {
            Map<Key, State> batch = store.states(flow, last, BATCH);
            for (Map.Entry<Key, State> entry : batch.entrySet()) {
                each.accept(entry.getKey(), entry.getValue());
                last = Optional.of(entry.getKey());
            }
            some = batch.size();
            read += some;
        } while (some == BATCH && read < most);
        return some < BATCH;
    }

    @Override
    public long count(String flow) {
        return store.count(flow);
    }

    @Override
    public long now() {
        return store.now();
    }
}
