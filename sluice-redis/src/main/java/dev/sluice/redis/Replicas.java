package dev.sluice.redis;

import dev.sluice.Key;
import dev.sluice.StoreException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Waits until enough replicas have what was written. WAIT holds up everything that comes after it on its connection, so
 * it has one of its own, on which a write of no effect goes before it: who has that, has what was written earlier. All
 * that come while one WAIT is under way share the next.
 */
final class Replicas {
    /** WAIT takes 0 for "as long as it takes". */
    private static final Duration LEAST = Duration.ofMillis(1);

    private final Link link;
    private final Names names;
    private final int wanted;
    private final Duration within;
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();

    Replicas(Link link, Names names, int wanted, Duration within) {
        this.link = link;
        this.names = names;
        this.wanted = wanted;
        this.within = within.compareTo(LEAST) < 0 ? LEAST : within;
    }

    /** Ends once enough replicas have what the key's node wrote before now; fails if they do not in time. */
    CompletionStage<Void> have(Key key) {
        byte[] books = names.books(key.shard());
        return nodes.computeIfAbsent(link.node(books), node -> new Node()).have(books);
    }

    private final class Node {
        private @Nullable CompletableFuture<Void> next;
        private boolean underWay;

        synchronized CompletionStage<Void> have(byte[] books) {
            CompletableFuture<Void> mine = next == null ? new CompletableFuture<>() : next;
            next = mine;
            if (!underWay) {
                ask(books);
            }
            return mine;
        }

        private synchronized void ask(byte[] books) {
            CompletableFuture<Void> all = next;
            next = null;
            underWay = all != null;
            if (all != null) {
                node(books).thenCompose(redis -> written(redis, books)).whenComplete((have, fault) -> {
                    settle(all, have, fault);
                    ask(books);
                });
            }
        }

        /** A cluster that changes may have no node for a slot: that fails these, and not whoever comes later. */
        private CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>> node(byte[] books) {
            try {
                return link.second(books);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private CompletionStage<Long> written(RedisClusterAsyncCommands<byte[], byte[]> redis, byte[] books) {
            CompletionStage<Boolean> nothing = redis.hset(books, Names.bytes("~replicas"), Names.bytes("1"));
            CompletionStage<Long> have = redis.waitForReplication(wanted, within.toMillis());
            return nothing.thenCombine(have, (done, count) -> count);
        }

        private void settle(CompletableFuture<Void> all, @Nullable Long have, @Nullable Throwable fault) {
            if (fault != null) {
                all.completeExceptionally(fault);
            } else if (have == null || have < wanted) {
                all.completeExceptionally(new StoreException("a pass reached " + have + " replicas of the " + wanted
                        + " that must have it; it is not handed out, and its claim will be lost in time"));
            } else {
                all.complete(null);
            }
        }
    }
}
