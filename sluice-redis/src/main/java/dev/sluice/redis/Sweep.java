package dev.sluice.redis;

import dev.sluice.Key;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Goes through the names of states with SCAN, which blocks nobody and looks at every key of the server once. A name that
 * begins like a state and is none is passed over.
 */
final class Sweep {
    /** How many keys of the server one command looks at. */
    private static final int AT_ONCE = 500;

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Names names;
    private final Foreign foreign;
    private final Deque<Key> ahead = new ArrayDeque<>();
    private ScanCursor cursor = ScanCursor.INITIAL;

    Sweep(RedisClusterAsyncCommands<byte[], byte[]> redis, Names names, Foreign foreign) {
        this.redis = redis;
        this.names = names;
        this.foreign = foreign;
    }

    /** Every key that matches, perhaps more than once. */
    CompletionStage<Void> all(String pattern, Consumer<Key> to) {
        return scan(ScanCursor.INITIAL, pattern, to).thenCompose(next -> rest(next, pattern, to));
    }

    private CompletionStage<Void> rest(ScanCursor from, String pattern, Consumer<Key> to) {
        return from.isFinished()
                ? CompletableFuture.completedStage(null)
                : scan(from, pattern, to).thenCompose(next -> rest(next, pattern, to));
    }

    private CompletionStage<? extends ScanCursor> scan(ScanCursor from, String pattern, Consumer<Key> to) {
        ScanArgs args = ScanArgs.Builder.matches(pattern).limit(AT_ONCE);
        CompletionStage<KeyScanCursor<byte[]>> scanned = redis.scan(from, args);
        return scanned.thenApply(found -> {
            found.getKeys().forEach(name -> read(name, to));
            return found;
        });
    }

    private void read(byte[] name, Consumer<Key> to) {
        Key key;
        try {
            key = names.key(name);
        } catch (IllegalArgumentException e) {
            foreign.found(name, e);
            return;
        }
        to.accept(key);
    }

    /**
     * The next keys, at most {@code most}, going on where the last call ended; fewer if the end was reached, from where
     * the next call begins again. One call at a time.
     */
    CompletionStage<List<Key>> next(int most) {
        if (ahead.size() >= most) {
            return CompletableFuture.completedStage(taken(most));
        }
        return scan(cursor, names.pattern(), ahead::add).thenCompose(next -> {
            cursor = next.isFinished() ? ScanCursor.INITIAL : next;
            return next.isFinished() ? CompletableFuture.completedStage(taken(most)) : next(most);
        });
    }

    private List<Key> taken(int most) {
        List<Key> taken = new ArrayList<>();
        while (taken.size() < most && !ahead.isEmpty()) {
            taken.add(ahead.remove());
        }
        return taken;
    }
}
