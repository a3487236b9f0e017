package dev.sluice.contract;

import dev.sluice.MemoryStore;
import dev.sluice.Store;
import java.time.InstantSource;
import java.util.Optional;

class MemoryStoreContractTest extends StoreContract {
    @Override
    protected Store open(InstantSource clock) {
        return new MemoryStore(1_000_000, clock);
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.empty();
    }
}
