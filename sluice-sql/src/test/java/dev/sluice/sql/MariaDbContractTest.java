package dev.sluice.sql;

import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import dev.sluice.testbed.MariaDbServer;
import java.time.InstantSource;
import java.util.Optional;

class MariaDbContractTest extends StoreContract {
    private final String url = MariaDbServer.shared().fresh().url();

    @Override
    protected Store open(InstantSource clock) {
        return SqlStore.open(url, SqlSettings.STANDARD, clock);
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }
}
