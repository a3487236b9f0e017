package dev.sluice.server;

import dev.sluice.StoreException;
import dev.sluice.server.config.StoreUrl;
import dev.sluice.sql.SqliteSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that the database is in. */
final class StoreFile {
    private StoreFile() {}

    /** A store that is to be forgotten need not wait for the disk. */
    static SqliteSettings.Durability durability(StoreUrl url) {
        return url instanceof StoreUrl.Memory ? SqliteSettings.Durability.PROCESS : SqliteSettings.Durability.DISK;
    }

    /** The file that was named, or one in a new directory that goes when {@code parts} are closed. */
    static Path of(StoreUrl url, Parts parts) {
        if (url instanceof StoreUrl.Sqlite sqlite) {
            return sqlite.file();
        }
        try {
            Path directory = Files.createTempDirectory("sluice");
            parts.add(() -> delete(directory));
            return directory.resolve("memory.db");
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
