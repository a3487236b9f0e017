package dev.sluice.server.config;

import dev.sluice.redis.NameTemplate;
import dev.sluice.redis.RedisSource;
import dev.sluice.server.config.WatchOptions.RedisSources;
import dev.sluice.server.config.WatchOptions.Sources;
import java.util.List;
import java.util.Optional;

/** Reads where the levels of a flow come from. */
final class SourceReader {
    private final StoreUrl store;

    /** @param store where a source listens that names no server */
    SourceReader(StoreUrl store) {
        this.store = store;
    }

    /** The source; empty if it cannot work, which is told. */
    Optional<SourceConfig> read(Section source) {
        if (!source.has(Sources.REDIS)) {
            return Optional.empty();
        }
        Section redis = source.part(Sources.REDIS);
        Optional<StoreUrl> url = redis.find(RedisSources.URL).or(this::store);
        if (url.isEmpty() && redis.isSound()) {
            redis.wrong(RedisSources.URL, "is missing, and the store is no Redis", "write redis://HOST:6379");
        }
        Optional<RedisSource.Plan> plan = plan(redis);
        return url.flatMap(where -> plan.map(what -> new SourceConfig(where, what)));
    }

    private Optional<StoreUrl> store() {
        return store.isDatabase() ? Optional.empty() : Optional.of(store);
    }

    private static Optional<RedisSource.Plan> plan(Section redis) {
        String channel = redis.get(RedisSources.CHANNEL);
        NameTemplate payload = redis.get(RedisSources.PAYLOAD);
        List<NameTemplate> hashes = redis.get(RedisSources.HASHES);
        boolean sound = redis.isSound();
        try {
            return Optional.of(new RedisSource.Plan(
                    channel, payload, hashes, redis.get(RedisSources.SWEEP), redis.get(RedisSources.WAITING)));
        } catch (IllegalArgumentException e) {
            if (sound) {
                redis.wrong(RedisSources.HASHES, String.valueOf(e.getMessage()), "use the parts of 'payload' in each");
            }
            return Optional.empty();
        }
    }
}
