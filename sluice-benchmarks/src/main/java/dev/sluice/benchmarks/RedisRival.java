package dev.sluice.benchmarks;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Gate;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.Store;
import dev.sluice.redis.RedisSettings;
import dev.sluice.redis.RedisStore;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** One who decides over a Redis: five an hour for each key, as near as it can. */
interface RedisRival extends AutoCloseable {
    /** Five an hour. */
    int LIMIT = 5;

    String name();

    /** Asks, and waits for the answer. */
    void decide(String key);

    /** Says what a key allows, where that must be said before it is asked for. */
    default void introduce(String key) {}

    @Override
    void close();

    /** Environment variable: a file with another step script, which then takes part. */
    String OTHER_SCRIPT = "SLUICE_OTHER_SCRIPT";

    /** All of them; the store first. */
    static List<RedisRival> all(String url) throws IOException {
        List<RedisRival> all = new ArrayList<>(List.of(
                new Sluice("sluice", store(url, "bench", true)),
                new Sluice("sluice-no-books", store(url, "plain", false)),
                new InAGate(store(url, "gate", true)),
                new RawStep(url, "raw-step-script", StepArguments.script()),
                new Raw(url, "raw-claim-script") {
                    private final String digest = load("""
                            local held = redis.call('GET', KEYS[1])
                            if held then
                              return {held, redis.call('PTTL', KEYS[1])}
                            end
                            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
                            return {ARGV[1], ARGV[2]}""".getBytes(StandardCharsets.UTF_8));

                    @Override
                    CompletionStage<?> ask(String key) {
                        byte[][] keys = {bytes("claim:" + key)};
                        return redis.evalsha(digest, ScriptOutputType.MULTI, keys, bytes("owner"), bytes("3600000"));
                    }
                },
                new Raw(url, "raw-set-nx-px") {
                    @Override
                    CompletionStage<?> ask(String key) {
                        return redis.set(
                                bytes("set:" + key),
                                bytes("owner"),
                                SetArgs.Builder.nx().px(3_600_000));
                    }
                },
                new Bucket4j(url),
                new RedissonLimiter(url)));
        String other = System.getenv(OTHER_SCRIPT);
        if (other != null) {
            all.add(4, new RawStep(url, "raw-other-script", Files.readAllBytes(Path.of(other))));
        }
        return all;
    }

    private static Store store(String url, String prefix, boolean books) {
        RedisSettings patient = RedisSettings.STANDARD.withTimeout(Duration.ofSeconds(30));
        return RedisStore.open(url, patient.withPrefix(prefix).withBooks(books));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The store. */
    final class Sluice implements RedisRival {
        private static final Rule RULE = Rule.allow(LIMIT + " per 1h").build();

        private final String name;
        private final Store store;
        private final AtomicLong ids = new AtomicLong(new SplittableRandom().nextLong());

        Sluice(String name, Store store) {
            this.name = name;
            this.store = store;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void decide(String key) {
            long id = ids.incrementAndGet();
            Event offer = new Event.Offer(id, id, OptionalDouble.empty(), Event.Settle.NOW);
            store.apply(new Command(Key.of("errors", key), RULE, offer))
                    .toCompletableFuture()
                    .join();
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** The store as a program uses it: behind a gate, with its denial cache and what it does in an outage. */
    final class InAGate implements RedisRival {
        private final Gate gate;

        InAGate(Store store) {
            gate = Gate.over(store)
                    .flow("errors", Sluice.RULE)
                    .onDigest((key, tally) -> {})
                    .build();
        }

        @Override
        public String name() {
            return "sluice-in-a-gate";
        }

        @Override
        public void decide(String key) {
            gate.tryPass(Key.of("errors", key));
        }

        @Override
        public void close() {
            gate.close();
        }
    }

    /** What the store sends, without the store. */
    final class StepArguments {
        private final String prefix;
        private final AtomicLong ids = new AtomicLong(new SplittableRandom().nextLong());
        private final byte[] rule = rule();

        StepArguments(String prefix) {
            this.prefix = prefix;
        }

        static byte[] script() throws IOException {
            try (InputStream from = RedisStore.class.getResourceAsStream("step.lua")) {
                if (from == null) {
                    throw new IOException("step.lua is not there");
                }
                return from.readAllBytes();
            }
        }

        private static byte[] rule() {
            double hour = 3.6e9;
            double[] numbers = {LIMIT, hour, 0, 2, 30e6, 0, 0, 1, 0, 0, 7 * 24 * hour, 0};
            ByteBuffer to = ByteBuffer.allocate(numbers.length * Double.BYTES);
            for (double number : numbers) {
                to.putDouble(number);
            }
            return to.array();
        }

        byte[][] keys(String key) {
            String shard = prefix + ":{" + Key.of("errors", key).shard() + "}:";
            return new byte[][] {bytes(shard + "errors:" + key), bytes(shard + "~due"), bytes(shard + "~books")};
        }

        byte[][] values(String key) {
            byte[] id = ByteBuffer.allocate(Long.BYTES)
                    .putLong(ids.incrementAndGet())
                    .array();
            return new byte[][] {
                bytes("errors:" + key),
                rule,
                bytes("offer"),
                bytes(""),
                bytes("0"),
                bytes("errors"),
                bytes("channel"),
                id,
                id,
                bytes(""),
                bytes("1")
            };
        }
    }

    /** A command, or a script, and nothing around it. */
    abstract class Raw implements RedisRival {
        final RedisAsyncCommands<byte[], byte[]> redis;
        private final String name;
        private final RedisClient client;

        Raw(String url, String name) {
            this.name = name;
            this.client = RedisClient.create(url);
            StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            this.redis = connection.async();
        }

        final String load(byte[] script) {
            return redis.scriptLoad(script).toCompletableFuture().join();
        }

        @Override
        public final String name() {
            return name;
        }

        abstract CompletionStage<?> ask(String key);

        @Override
        public final void decide(String key) {
            ask(key).toCompletableFuture().join();
        }

        @Override
        public final void close() {
            client.shutdown();
        }
    }

    /** A step script and nothing around it. */
    final class RawStep extends Raw {
        private final StepArguments arguments;
        private final String digest;

        RawStep(String url, String name, byte[] script) {
            super(url, name);
            arguments = new StepArguments(name);
            digest = load(script);
        }

        @Override
        CompletionStage<?> ask(String key) {
            return redis.evalsha(digest, ScriptOutputType.MULTI, arguments.keys(key), arguments.values(key));
        }
    }

    /** Bucket4j over Lettuce, as its documentation shows it. */
    final class Bucket4j implements RedisRival {
        private final RedisClient client;
        private final LettuceBasedProxyManager<byte[]> buckets;
        private final BucketConfiguration configuration = BucketConfiguration.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(LIMIT)
                        .refillIntervally(LIMIT, Duration.ofHours(1))
                        .build())
                .build();

        Bucket4j(String url) {
            client = RedisClient.create(url);
            buckets = Bucket4jLettuce.casBasedBuilder(client.connect(ByteArrayCodec.INSTANCE))
                    .expirationAfterWrite(
                            ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(1)))
                    .build();
        }

        @Override
        public String name() {
            return "bucket4j-lettuce";
        }

        @Override
        public void decide(String key) {
            buckets.builder().build(bytes("b4j:" + key), () -> configuration).tryConsume(1);
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }

    /** The rate limiter of Redisson. */
    final class RedissonLimiter implements RedisRival {
        private final RedissonClient client;

        RedissonLimiter(String url) {
            Config config = new Config();
            config.useSingleServer().setAddress(url);
            client = Redisson.create(config);
        }

        @Override
        public String name() {
            return "redisson";
        }

        @Override
        public void introduce(String key) {
            client.getRateLimiter("rdn:" + key).trySetRate(RateType.OVERALL, LIMIT, Duration.ofHours(1));
        }

        @Override
        public void decide(String key) {
            RRateLimiter limiter = client.getRateLimiter("rdn:" + key);
            if (key.startsWith(RedisBesideOthers.NEW)) {
                introduce(key);
            }
            limiter.tryAcquire();
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
