package dev.sluice.redis;

import dev.sluice.Micros;
import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import dev.sluice.testbed.RedisCluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

class RedisClusterContractTest extends StoreContract {
    private final RedisSettings settings = Bench.fresh();

    private RedisStore open(RedisClock clock) {
        return RedisStore.open(RedisCluster.shared().url(), settings, clock);
    }

    @Override
    protected Store open(InstantSource clock) {
        return open(RedisClock.of(clock));
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }

    @Override
    protected Optional<Store> openSecond(InstantSource clock) {
        return Optional.of(open(clock));
    }

    @Override
    protected Optional<Store> openByItsOwnClock(Duration ahead) {
        long offset = Micros.of(ahead);
        return Optional.of(open(RedisClock.movedBy(() -> offset)));
    }

    /** The script is the same on every node; what differs is the way to it. */
    @Override
    protected int histories() {
        return 25;
    }

    @Override
    protected boolean tellsOfResetsElsewhere() {
        return true;
    }
}
