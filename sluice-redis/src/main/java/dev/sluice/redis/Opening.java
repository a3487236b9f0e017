package dev.sluice.redis;

import dev.sluice.StoreException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** What is done with a server before the first decision: its nodes are looked at, given the script, and reached. */
final class Opening {
    private static final String SAVE = "save";
    private static final long BETWEEN_LOOKS_NANOS = 5_000_000;

    private final Link link;
    private final Asked asked;
    private final Names names;
    private final StepScript script;
    private final RedisSettings settings;

    Opening(Link link, Asked asked, Names names, StepScript script, RedisSettings settings) {
        this.link = link;
        this.asked = asked;
        this.names = names;
        this.script = script;
        this.settings = settings;
    }

    /**
     * Makes the server ready, and gives what should be changed there; each a sentence.
     *
     * @throws StoreException if the server does not answer, or is too old
     */
    List<String> warnings() {
        List<String> found = new ArrayList<>();
        for (RedisClusterAsyncCommands<byte[], byte[]> node : link.masters()) {
            found.addAll(look(node));
            asked.await(() -> node.scriptLoad(script.text()));
        }
        if (settings.replicas() > 0) {
            link.openSecond();
        }
        if (link.isCluster()) {
            connectAll();
        }
        return found.stream().distinct().toList();
    }

    private List<String> look(RedisClusterAsyncCommands<byte[], byte[]> node) {
        String info;
        try {
            info = asked.await(node::info);
        } catch (StoreException e) {
            return List.of("the store could not look at its server: " + e.getMessage());
        }
        return Inspection.of(info, save(node)).warnings(settings.replicas());
    }

    /** When the server writes snapshots; unknown to a user who may not ask. */
    private Optional<String> save(RedisClusterAsyncCommands<byte[], byte[]> node) {
        try {
            return Optional.ofNullable(asked.await(() -> node.configGet(SAVE)).get(SAVE));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    /** A node of a cluster is connected to by the first command for it, which is refused: so not by that of a caller. */
    private void connectAll() {
        long begun = System.nanoTime();
        for (int shard = 0; shard < Names.SHARDS; shard++) {
            byte[] index = names.due(shard);
            while (!isReached(() -> link.commands().zcard(index), begun)) {
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
        }
    }

    private boolean isReached(Supplier<CompletionStage<Long>> command, long begun) {
        try {
            asked.await(command);
            return true;
        } catch (StoreException e) {
            if (System.nanoTime() - begun > settings.connectTimeout().toNanos()) {
                throw e;
            }
            return false;
        }
    }
}
