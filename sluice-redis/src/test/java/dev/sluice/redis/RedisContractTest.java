package dev.sluice.redis;

import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import dev.sluice.testbed.RedisServer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

class RedisContractTest extends StoreContract {
    private final RedisSettings settings = RedisSettings.STANDARD.withPrefix("contract-" + UUID.randomUUID());

    @Override
    protected Store open(InstantSource clock) {
        return RedisStore.open(RedisServer.sharedUrl(), settings, RedisClock.of(clock));
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }
}
