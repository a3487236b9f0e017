package dev.sluice.redis;

import dev.sluice.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads the values of subjects, whoever listens to what is announced. Safe for use by many threads. */
public final class RedisHashes implements AutoCloseable {
    private final RedisSource.Plan plan;
    private final Link link;

    RedisHashes(RedisSource.Plan plan, Link link) {
        this.plan = plan;
        this.link = link;
    }

    /**
     * Connects to a URL as {@link RedisStore#open} takes it.
     *
     * @throws StoreException if the server is not there, or refuses the user
     * @throws IllegalArgumentException if the URL is none
     */
    public static RedisHashes open(String url, RedisSettings settings, RedisSource.Plan plan) {
        return new RedisHashes(plan, Link.open(Address.of(url), settings));
    }

    /** The values of a subject as they are now; empty if there are none, or the text names no subject. */
    public CompletionStage<Map<String, String>> values(String subject) {
        return plan.payload()
                .read(subject)
                .map(parts -> values(new WatchedSubject(plan.payload().write(parts), parts)))
                .orElseGet(() -> CompletableFuture.completedStage(Map.of()));
    }

    CompletionStage<Map<String, String>> values(WatchedSubject subject) {
        List<CompletableFuture<Map<byte[], byte[]>>> all = new ArrayList<>();
        for (NameTemplate hash : plan.hashes()) {
            byte[] name = hash.write(subject.parts()).getBytes(StandardCharsets.UTF_8);
            all.add(link.commands().hgetall(name).toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(read -> {
            Map<String, String> values = new HashMap<>();
            all.forEach(hash -> text(hash.join()).forEach(values::putIfAbsent));
            return values;
        });
    }

    private static Map<String, String> text(Map<byte[], byte[]> hash) {
        Map<String, String> text = new LinkedHashMap<>();
        hash.forEach((field, value) ->
                text.put(new String(field, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8)));
        return text;
    }

    Link link() {
        return link;
    }

    @Override
    public void close() {
        link.close();
    }
}
