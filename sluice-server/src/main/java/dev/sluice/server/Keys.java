package dev.sluice.server;

import dev.sluice.Key;
import dev.sluice.State;
import dev.sluice.sql.SqlStore;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What is asked of keys when somebody looks, wherever they live. Safe for use by many threads; may block, and throws
 * {@link dev.sluice.StoreException} if the store cannot answer.
 */
interface Keys {
    /** Those in the store of {@code gate}, or else in the database. */
    static Keys of(SqlStore database, Optional<RemoteGate> gate) {
        return gate.<Keys>map(remote -> new RemoteKeys(remote.store())).orElseGet(() -> new SqlKeys(database));
    }

    /** The state of a key as it was last written. */
    Optional<State> state(Key key);

    /** Keys of a flow behind {@code after}, all variants, in the order of their text. */
    List<Key> keys(String flow, Optional<Key> after, int limit);

    /** Gives keys of a flow with their states to {@code each}, about {@code most} of them; whether those were all. */
    boolean states(String flow, int most, BiConsumer<Key, State> each);

    /** How many keys a flow has. */
    long count(String flow);

    /** The clock of the store, in microseconds. Does not block. */
    long now();
}
