package dev.sluice.sql;

import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.SqlServer;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The kit on a database that is a server, with a proxy in between where the server is one of the build. */
abstract class SharedKitContract extends StoreContract {
    private static final SqlSettings SETTINGS = SqlSettings.STANDARD;

    private final String url;
    private final Optional<Proxy> proxy;

    SharedKitContract(SqlServer server, boolean own) {
        this.url = server.fresh().url();
        this.proxy = own ? Optional.of(Proxy.to(server.port())) : Optional.empty();
    }

    @AfterEach
    void closeProxy() {
        proxy.ifPresent(Proxy::close);
    }

    private String throughProxy() {
        int port = URI.create(url).getPort();
        return proxy.map(it -> url.replace(":" + port + "/", ":" + it.port() + "/"))
                .orElse(url);
    }

    @Override
    protected Store open(InstantSource clock) {
        return SqlStore.open(throughProxy(), SETTINGS, clock);
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }

    @Override
    protected Optional<Store> openSecond(InstantSource clock) {
        return Optional.of(SqlStore.open(url, SETTINGS, clock));
    }

    @Override
    protected Optional<Store> openByItsOwnClock(Duration ahead) {
        return Optional.of(SqlStore.open(url, SETTINGS, ServerClock.movedBy(ahead)));
    }

    @Override
    protected boolean cutRepliesAfter(long bytes) {
        proxy.ifPresent(it -> it.cutAfter(Proxy.Direction.REPLIES, bytes));
        return proxy.isPresent();
    }
}
