package dev.sluice.outbox;

import dev.sluice.redis.RedisClock;
import dev.sluice.redis.RedisSettings;
import dev.sluice.redis.RedisStore;
import dev.sluice.testbed.RedisServer;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Nested;

/** The same promises where keys are decided by a real Redis, in virtual time, and messages live in SQLite. */
class RedisTest {
    /** A Redis store on the clock of a test, under names of its own. */
    private static GateStore open(InstantSource clock) {
        RedisSettings settings = RedisSettings.STANDARD.withPrefix("outbox-" + UUID.randomUUID());
        RedisStore store = RedisStore.open(RedisServer.sharedUrl(), settings, RedisClock.of(clock));
        return new GateStore(store, store::books);
    }

    @Nested
    class Delivery extends DeliveryTest {
        private final GateStore redis = RedisTest.open(clock);

        @Override
        boolean apart() {
            return true;
        }

        @Override
        GateStore gate() {
            return redis;
        }
    }

    @Nested
    class Digests extends DigestTest {
        private final GateStore redis = RedisTest.open(clock);

        @Override
        boolean apart() {
            return true;
        }

        @Override
        GateStore gate() {
            return redis;
        }
    }

    @Nested
    class RateLimits extends RateLimitTest {
        private final GateStore redis = RedisTest.open(clock);

        @Override
        boolean apart() {
            return true;
        }

        @Override
        GateStore gate() {
            return redis;
        }
    }

    @Nested
    class Callers extends CallerTest {
        private final GateStore redis = RedisTest.open(clock);

        @Override
        boolean apart() {
            return true;
        }

        @Override
        GateStore gate() {
            return redis;
        }
    }

    @Nested
    class Crashes extends CrashTest {
        private final GateStore redis = RedisTest.open(clock);

        @Override
        boolean apart() {
            return true;
        }

        @Override
        int mostPassages() {
            return 1;
        }

        @Override
        GateStore gate() {
            return redis;
        }
    }
}
