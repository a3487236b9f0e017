package dev.sluice.sql;

import dev.sluice.Store;
import dev.sluice.contract.StoreContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class SqliteContractTest extends StoreContract {
    @TempDir
    private Path directory;

    @Override
    protected Store open(InstantSource clock) {
        return SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, clock);
    }

    @Override
    protected Optional<Store> reopen(InstantSource clock) {
        return Optional.of(open(clock));
    }
}
