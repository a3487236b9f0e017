package dev.sluice.redis;

import dev.sluice.Micros;
import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RedisServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** On a server of the build with a proxy in between, or on the one that the environment names. */
class RedisContractTest extends StoreContract {
    /** The script never answers less, so that a cut hits the reply that it is meant for. */
    private static final long SHORTEST_REPLY = 60;

    private final RedisSettings settings = Bench.fresh();
    private final Optional<Proxy> proxy = System.getenv(RedisServer.OUTSIDE) == null
            ? Optional.of(Proxy.to(RedisServer.shared().port()))
            : Optional.empty();

    @AfterEach
    void closeProxy() {
        proxy.ifPresent(Proxy::close);
    }

    @Override
    protected Store open(InstantSource clock) {
        String url = proxy.map(it -> "redis://127.0.0.1:" + it.port()).orElseGet(RedisServer::sharedUrl);
        return RedisStore.open(url, settings, RedisClock.of(clock));
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }

    @Override
    protected Optional<Store> openSecond(InstantSource clock) {
        return Optional.of(RedisStore.open(RedisServer.sharedUrl(), settings, RedisClock.of(clock)));
    }

    @Override
    protected Optional<Store> openByItsOwnClock(Duration ahead) {
        long offset = Micros.of(ahead);
        return Optional.of(RedisStore.open(RedisServer.sharedUrl(), settings, RedisClock.movedBy(() -> offset)));
    }

    @Override
    protected boolean cutRepliesAfter(long bytes) {
        proxy.ifPresent(it -> it.cutAfter(Proxy.Direction.REPLIES, bytes % SHORTEST_REPLY));
        return proxy.isPresent();
    }

    @Override
    protected boolean tellsOfResetsElsewhere() {
        return true;
    }
}
