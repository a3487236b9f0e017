package dev.sluice.redis;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Step;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/** The due indexes of all shards, asked in one go: 256 short commands and the time. */
final class DueIndex {
    private static final long PER_SECOND = 1_000_000;

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Names names;
    private final ServerTime time;

    DueIndex(RedisClusterAsyncCommands<byte[], byte[]> redis, Names names, ServerTime time) {
        this.redis = redis;
        this.names = names;
        this.time = time;
    }

    CompletionStage<List<Key>> due(int limit) {
        Range<Long> past = Range.create(Step.AT_ONCE, time.now());
        return shards(shard -> redis.zrangebyscoreWithScores(names.due(shard), past, Limit.from(limit)))
                .thenApply(found -> found.stream()
                        .sorted(soonestFirst())
                        .limit(limit)
                        .map(DueIndex::key)
                        .toList());
    }

    CompletionStage<Long> nextDue() {
        return shards(shard -> redis.zrangeWithScores(names.due(shard), 0, 0))
                .thenApply(found -> found.stream()
                        .mapToLong(next -> (long) next.getScore())
                        .min()
                        .orElse(Micros.FOREVER));
    }

    private CompletableFuture<List<ScoredValue<byte[]>>> shards(
            IntFunction<CompletionStage<List<ScoredValue<byte[]>>>> ask) {
        CompletionStage<List<byte[]>> clock = redis.time();
        List<CompletionStage<List<ScoredValue<byte[]>>>> asked = new ArrayList<>(Names.SHARDS);
        for (int shard = 0; shard < Names.SHARDS; shard++) {
            asked.add(ask.apply(shard));
        }
        return Asked.all(asked).thenCombine(clock, (found, now) -> {
            time.said(micros(now));
            return found.stream().flatMap(List::stream).toList();
        });
    }

    /** What the command TIME answers: seconds, and microseconds beyond them. */
    static long micros(List<byte[]> time) {
        return PER_SECOND * number(time.get(0)) + number(time.get(1));
    }

    private static long number(byte[] text) {
        return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
    }

    private static Comparator<ScoredValue<byte[]>> soonestFirst() {
        return Comparator.comparingDouble((ScoredValue<byte[]> one) -> one.getScore())
                .thenComparing(one -> key(one).text());
    }

    private static Key key(ScoredValue<byte[]> one) {
        return Key.parse(new String(one.getValue(), StandardCharsets.UTF_8));
    }
}
