package dev.sluice.server;

import dev.sluice.StoreException;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.server.config.StoreConfig;
import dev.sluice.server.config.StoreUrl;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Opens what a configuration names, and has it closed in the opposite order. */
final class Stores {
    private final StoreConfig config;
    private final Clocks clocks;
    private final Parts parts;

    Stores(StoreConfig config, Clocks clocks, Parts parts) {
        this.config = config;
        this.clocks = clocks;
        this.parts = parts;
    }

    /**
     * The database of the messages.
     *
     * @throws StoreException if it cannot be opened, with the reason and without a password
     */
    SqlStore database() {
        StoreUrl url = config.database();
        if (url instanceof StoreUrl.Sqlite sqlite) {
            return parts.add(SqlStore.sqlite(sqlite.file(), SqliteSettings.STANDARD, ofFile()));
        } else if (url instanceof StoreUrl.Memory) {
            SqliteSettings settings = SqliteSettings.STANDARD.with(SqliteSettings.Durability.PROCESS);
            return parts.add(SqlStore.sqlite(temporary().resolve("memory.db"), settings, ofFile()));
        }
        return parts.add(server((StoreUrl.Shared) url));
    }

    /**
     * The database of the jobs: that of the messages, or a file beside it.
     *
     * @throws StoreException if it cannot be opened, with the reason and without a password
     */
    JobDatabase jobs() {
        StoreUrl url = config.database();
        if (url instanceof StoreUrl.Memory) {
            SqliteSettings settings = SqliteSettings.STANDARD.with(SqliteSettings.Durability.PROCESS);
            return parts.add(JobDatabase.sqlite(temporary().resolve("jobs.db"), settings));
        }
        String where = url instanceof StoreUrl.Shared shared ? shared.reveal() : url.toString();
        return parts.add(JobDatabase.beside(where, config.sql()));
    }

    /**
     * What decides keys beside {@code database}; empty where the database does.
     *
     * @param ticking whether it looks by itself whether it is there
     * @throws StoreException if it cannot be reached, or belongs to another database
     */
    Optional<RemoteGate> gate(SqlStore database, boolean ticking) {
        return config.store().isDatabase()
                ? Optional.empty()
                : Optional.of(parts.add(RemoteGate.open(config, clocks, DatabaseName.of(database), ticking)));
    }

    private SqlStore server(StoreUrl.Shared url) {
        return clocks.stores()
                .map(clock -> SqlStore.open(url.reveal(), config.sql(), clock))
                .orElseGet(() -> SqlStore.open(url.reveal(), config.sql()));
    }

    /** A file has no clock of its own. */
    private InstantSource ofFile() {
        return clocks.stores().orElse(clocks.process());
    }

    /** A new directory that goes when the parts are closed. */
    private Path temporary() {
        try {
            Path directory = Files.createTempDirectory("sluice");
            parts.add(() -> delete(directory));
            return directory;
        } catch (IOException e) {
            throw new StoreException("the temporary directory cannot be written", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
