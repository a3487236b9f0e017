package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file has one process, and in it one store. */
class OwnershipTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("sluice.db");
    }

    private SqlStore open() {
        return SqlStore.sqlite(file, SqliteSettings.STANDARD, InstantSource.system());
    }

    @Test
    void aSecondProcessIsRefusedAndToldWhoHasTheFile() throws IOException {
        try (SqlStore store = open();
                OtherProcess other = OtherProcess.holding(file)) {
            assertThat(other.says())
                    .hasValueSatisfying(said -> assertThat(said)
                            .contains(file + " is in use by process "
                                    + ProcessHandle.current().pid())
                            .contains("stop that, or use another directory"));
            assertThat(store.now()).isPositive();
        }
    }

    @Test
    void aProcessThatWasKilledLeavesTheFileFree() throws Exception {
        try (OtherProcess other = OtherProcess.holding(file)) {
            assertThat(other.says()).contains(OtherProcess.OPEN);
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is in use by process " + other.pid());
            other.kill();
            open().close();
        }
    }

    @Test
    void aSecondStoreInTheProcessIsRefusedAndDoesNotLetOtherProcessesIn() throws IOException {
        try (SqlStore store = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("already open in this process");
            try (OtherProcess other = OtherProcess.holding(file)) {
                assertThat(other.says())
                        .hasValueSatisfying(said -> assertThat(said).contains("is in use by process"));
            }
            assertThat(store.now()).isPositive();
        }
        open().close();
    }

    @Test
    void anotherNameOfTheFileDoesNotHelp() throws IOException {
        try (SqlStore store = open()) {
            Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
            assertThatThrownBy(() -> SqlStore.sqlite(link, SqliteSettings.STANDARD, InstantSource.system()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("already open in this process");
            assertThat(store.now()).isPositive();
        }
    }
}
