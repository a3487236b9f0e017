package dev.sluice.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processor time that a Redis has used. */
final class ServerProcessor implements AutoCloseable {
    private static final Pattern USED = Pattern.compile("(?m)^used_cpu_(?:sys|user):([\\d.]+)");

    private final RedisClient client;
    private final RedisCommands<String, String> redis;

    ServerProcessor(String url) {
        client = RedisClient.create(url);
        redis = client.connect().sync();
    }

    /** Since its start, without its children. */
    double seconds() {
        Matcher used = USED.matcher(redis.info("cpu"));
        double all = 0;
        while (used.find()) {
            all += Double.parseDouble(used.group(1));
        }
        return all;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
