package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisServer;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keys of another system, read over a real server. */
class ExpiringNamesTest {
    private static final RedisSettings SETTINGS = RedisSettings.STANDARD.withTimeout(Duration.ofSeconds(10));

    /** All of them, and no page with more than some thousands. */
    private static Map<String, Optional<Duration>> all(String url, String pattern) {
        Map<String, Optional<Duration>> all = new HashMap<>();
        try (ExpiringNames names = ExpiringNames.open(url, SETTINGS, pattern)) {
            for (Optional<List<ExpiringNames.Found>> page = names.next(); page.isPresent(); page = names.next()) {
                assertThat(page.get()).hasSizeLessThan(5_000);
                page.get().forEach(found -> all.put(found.name(), found.left()));
            }
            assertThat(names.next()).isEmpty();
        }
        return all;
    }

    @Test
    void readsPageByPageWhatFitsAndHowLongItLives() {
        try (RedisServer redis = RedisServer.start()) {
            redis.ask(
                    "EVAL",
                    "for i = 1, 10000 do redis.call('SET', 'sent:' .. i, 1, 'PX', 7200000 + i) end return 'OK'",
                    "0");
            redis.ask("SET", "sent:for ever", "1");
            redis.ask("SET", "other:1", "1", "EX", "100");

            Map<String, Optional<Duration>> all = all(redis.url(), "sent:*");
            assertThat(all).hasSize(10_001).containsEntry("sent:for ever", Optional.empty());
            assertThat(all.getOrDefault("sent:10000", Optional.empty()).orElseThrow())
                    .isBetween(Duration.ofHours(1), Duration.ofHours(2).plusSeconds(10));
            assertThat(redis.ask("EXISTS", "sent:1")).as("it only reads").contains("1");
        }
    }

    @Test
    @DisplayName("in a cluster the keys of all nodes are read")
    void readsAllNodesOfACluster() {
        try (RedisCluster cluster = RedisCluster.start();
                RedisClusterClient client =
                        RedisClusterClient.create(cluster.url().replace("-cluster", ""));
                StatefulRedisClusterConnection<String, String> redis = client.connect()) {
            for (int i = 0; i < 100; i++) {
                redis.sync().set("sent:" + i, "1", SetArgs.Builder.px(3_600_000));
            }
            assertThat(all(cluster.url(), "sent:*"))
                    .hasSize(100)
                    .allSatisfy((name, left) -> assertThat(left).isPresent());
        }
    }

    @Test
    void aServerThatGoesAwayIsToldAndNotTakenForTheEnd() {
        try (RedisServer redis = RedisServer.start()) {
            redis.ask("SET", "sent:1", "1");
            try (ExpiringNames names = ExpiringNames.open(redis.url(), SETTINGS, "sent:*")) {
                redis.kill();
                assertThatThrownBy(names::next).isInstanceOf(StoreException.class);
            }
        }
    }
}
