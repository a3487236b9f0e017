package dev.sluice.redis;

import dev.sluice.Key;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Runs the script in the server, for one key. */
final class Evaluation {
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final StepScript script;

    Evaluation(RedisClusterAsyncCommands<byte[], byte[]> redis, StepScript script) {
        this.redis = redis;
        this.script = script;
    }

    /** By the digest of the script; by its text if the server does not know it, which it then does. */
    CompletionStage<Stepped> run(Key key, byte[][] arguments) {
        byte[][] keys = script.keys(key);
        CompletableFuture<Stepped> stepped = new CompletableFuture<>();
        redis.<List<@Nullable Object>>evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments)
                .whenComplete((reply, fault) -> {
                    if (fault instanceof RedisNoScriptException) {
                        CompletionStage<List<@Nullable Object>> again =
                                redis.eval(script.text(), ScriptOutputType.MULTI, keys, arguments);
                        again.whenComplete((late, other) -> settle(stepped, late, other));
                    } else {
                        settle(stepped, reply, fault);
                    }
                });
        return stepped;
    }

    private static void settle(
            CompletableFuture<Stepped> stepped, List<@Nullable Object> reply, @Nullable Throwable fault) {
        if (fault == null) {
            stepped.complete(new Stepped(reply));
        } else {
            stepped.completeExceptionally(fault);
        }
    }
}
