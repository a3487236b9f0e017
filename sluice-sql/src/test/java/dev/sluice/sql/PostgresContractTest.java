package dev.sluice.sql;

import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import dev.sluice.testbed.PostgresServer;
import java.time.InstantSource;
import java.util.Optional;

class PostgresContractTest extends StoreContract {
    private final String url = PostgresServer.shared().fresh().url();

    @Override
    protected Store open(InstantSource clock) {
        return SqlStore.open(url, SqlSettings.STANDARD, clock);
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }
}
