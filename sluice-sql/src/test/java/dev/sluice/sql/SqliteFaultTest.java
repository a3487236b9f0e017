package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static dev.sluice.sql.Keys.key;
import static dev.sluice.sql.Keys.occurrence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Outcome;
import dev.sluice.State;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.contract.ManualClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with disks and files: said clearly, nothing overwritten, nothing acknowledged that is not there. */
class SqliteFaultTest {
    private static final String PAGES = "PRAGMA max_page_count = ";
    private static final int ENDLESS = 1_000_000_000;

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

    private Connection behindItsBack() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    @Test
    void aStoreThatIsToBeForgottenDoesNotWaitForTheDisk() {
        SqliteSettings settings = SqliteSettings.STANDARD.with(SqliteSettings.Durability.PROCESS);
        try (SqlStore store = SqlStore.sqlite(file, settings, InstantSource.system())) {
            assertThat(Sql.seenByWriter(store, "PRAGMA synchronous")).containsExactly("0");
        }
    }

    @Test
    void aCommitIsOnTheDiskBeforeAnybodyIsAnswered() {
        try (SqlStore store = open()) {
            assertThat(Sql.seenByWriter(store, "PRAGMA synchronous")).containsExactly("2");
            assertThat(Sql.seenByWriter(store, "PRAGMA journal_mode")).containsExactly("wal");
            assertThat(Sql.seenByWriter(store, "PRAGMA foreign_keys")).containsExactly("1");
        }
    }

    @Test
    void aConnectionThatCouldLoseCommitsIsRefused() throws SQLException {
        open().close();
        try (Sqlite sqlite = Sqlite.of(file, SqliteSettings.STANDARD, InstantSource.system());
                Connection connection = behindItsBack()) {
            Sqlite.pragma(connection, "journal_mode = wal");
            Sql.behindItsBack(connection, "PRAGMA synchronous = normal");
            assertThatThrownBy(() -> sqlite.requireDurable(connection))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot be written durably");
            Sql.behindItsBack(connection, "PRAGMA synchronous = full");
            sqlite.requireDurable(connection);
        }
    }

    @Test
    void aReaderCannotWrite() {
        try (SqlStore store = open()) {
            assertThatThrownBy(() -> Sql.seenByReader(store, "DELETE FROM sluice_key RETURNING key"))
                    .isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aReaderThatIsDoneDoesNotKeepTheLogFromBeingEmptied() throws SQLException {
        try (SqlStore store = open();
                Connection other = behindItsBack()) {
            await(store.apply(occurrence("disk", 1)));
            String unfinished = store.query(connection -> {
                ResultSet rows = connection.createStatement().executeQuery("SELECT name FROM sqlite_schema");
                return rows.getString(1);
            });
            await(store.apply(occurrence("disk", 2)));

            assertThat(unfinished).isNotEmpty();
            assertThat(Sqlite.pragma(other, "wal_checkpoint(TRUNCATE)")).isEqualTo("0");
            assertThat(directory.resolve("sluice.db-wal")).isEmptyFile();
        }
    }

    @Test
    void aFullDiskFailsTheCommitAndTheStoreWorksAgainWhenThereIsRoom() {
        try (SqlStore store = open()) {
            State before = await(store.apply(occurrence("disk", 1))).state();
            String pages = Sql.seenByWriter(store, "PRAGMA page_count").get(0);
            Sql.seenByWriter(store, PAGES + pages);

            List<CompletionStage<Outcome>> tooMuch = fill(store);
            assertThat(tooMuch)
                    .anySatisfy(stage -> assertThatThrownBy(() -> await(stage))
                            .isInstanceOf(StoreException.class)
                            .hasMessageContaining("full")
                            .hasMessageContaining("make room"));
            tooMuch.forEach(stage ->
                    stage.toCompletableFuture().exceptionally(full -> null).join());

            Sql.seenByWriter(store, PAGES + ENDLESS);
            assertThat(await(store.read(key("disk")))).contains(before);
            assertThat(await(store.apply(occurrence("disk", 2))).before()).isEqualTo(before);
            fill(store).forEach(Keys::await);
        }
    }

    /** Where a change fails as on a full disk, and a commit without one does not. */
    private static final String NO_CHANGE = """
            CREATE TRIGGER no_change BEFORE UPDATE ON sluice_probe
            BEGIN SELECT RAISE(ABORT, 'no room'); END""";

    @Test
    void aStoreThatCanCommitButNotWriteFailsItsProbe() {
        try (SqlStore store = open()) {
            assertThat(await(store.probe())).isTrue();
            Sql.write(store, NO_CHANGE);

            assertThat(commitsWithoutAChange(store)).isTrue();
            assertThatThrownBy(() -> await(store.probe()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no room");
        }
    }

    @Test
    void afterACommitThatFailedOnlyAChangeProvesThatTheStoreCanWriteAgain() {
        try (SqlStore store = open()) {
            Sql.write(store, "CREATE TABLE parent (id INTEGER PRIMARY KEY)");
            Sql.write(store, "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
            Sql.write(store, NO_CHANGE);
            assertThatThrownBy(() -> Sql.write(store, "INSERT INTO child VALUES (7)"))
                    .isInstanceOf(StoreException.class);

            assertThatThrownBy(() -> commitsWithoutAChange(store)).hasMessageContaining("no room");

            Sql.write(store, "DROP TRIGGER no_change");
            assertThat(commitsWithoutAChange(store)).isTrue();
        }
    }

    private static boolean commitsWithoutAChange(SqlStore store) {
        CompletionStage<Boolean> commit = store.transact(unit -> true);
        return await(commit);
    }

    private static List<CompletionStage<Outcome>> fill(SqlStore store) {
        List<CompletionStage<Outcome>> all = new ArrayList<>();
        Hold hold = new Hold(store);
        for (int i = 0; i < 500; i++) {
            all.add(store.apply(occurrence("subject-" + i, 1)));
        }
        hold.letGo();
        return all;
    }

    @Test
    void aDiskThatFillsUpInsideOneWorkLeavesNothingOfIt() {
        try (SqlStore store = open()) {
            Sql.write(store, "CREATE TABLE note (text BLOB)");
            Sql.write(
                    store, PAGES + Sql.seenByWriter(store, "PRAGMA page_count").get(0));

            assertThatThrownBy(() -> await(store.transact(unit -> {
                        unit.step(occurrence("disk", 1));
                        return insertMuch(unit);
                    })))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("full");

            assertThat(await(store.read(key("disk")))).isEmpty();
            Sql.seenByWriter(store, PAGES + ENDLESS);
            assertThat(await(store.apply(occurrence("disk", 1))).before()).isEqualTo(State.EMPTY);
            assertThat(await(store.transact(SqliteFaultTest::insertMuch))).isEqualTo(1);
        }
        assertThat(directory.resolve("sluice.db-wal")).doesNotExist();
    }

    private static int insertMuch(UnitOfWork unit) throws SQLException {
        return unit.prepare("INSERT INTO note VALUES (zeroblob(100000))").executeUpdate();
    }

    @Test
    void aCommitThatFailsFailsAllItsWorksAndNoOther() {
        try (SqlStore store = open()) {
            Sql.write(store, "CREATE TABLE parent (id INTEGER PRIMARY KEY)");
            Sql.write(store, "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
            await(store.apply(occurrence("disk", 1)));
            CompletionStage<Outcome> innocent;
            CompletionStage<Integer> orphan;
            Hold hold = new Hold(store);
            innocent = store.apply(occurrence("disk", 2));
            orphan = store.transact(
                    unit -> unit.prepare("INSERT INTO child VALUES (7)").executeUpdate());
            hold.letGo();
            assertThatThrownBy(() -> await(orphan)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> await(innocent)).isInstanceOf(StoreException.class);

            assertThat(await(store.apply(occurrence("disk", 3))).before().seen())
                    .isEqualTo(1);
            assertThat(Sql.seenByReader(store, "SELECT count(*) FROM child")).containsExactly("0");
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws IOException {
        String text = "store: sqlite:./data/sluice.db\n".repeat(500);
        Files.writeString(file, text);

        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toRealPath() + " is damaged or no database");
        assertThat(file).hasContent(text);

        Files.delete(file);
        open().close();
    }

    @Test
    void aDamagedDatabaseIsRefusedAndLeftAlone() throws IOException {
        open().close();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(100);
            bytes.write(new byte[(int) bytes.length() - 100]);
        }
        byte[] damaged = Files.readAllBytes(file);

        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is damaged or no database");
        assertThat(file).hasBinaryContent(damaged);
    }

    @Test
    void aDamagedStateIsNamedAndNotTakenForAnEmptyOne() {
        try (SqlStore store = open()) {
            Sql.write(store, "INSERT INTO sluice_key (key, state) VALUES ('errors:disk', x'09')");

            assertThatThrownBy(() -> await(store.apply(occurrence("disk", 1))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("errors:disk cannot be read");
            await(store.apply(occurrence("other", 1)));
        }
    }

    @Test
    void aDamagedStateKeepsNoOtherFromBeingForgotten() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        try (SqlStore store = SqlStore.sqlite(file, SqliteSettings.STANDARD, clock)) {
            await(store.apply(occurrence("before", 1)));
            await(store.apply(occurrence("the-last", 1)));
            Sql.write(store, "INSERT INTO sluice_key (key, state) VALUES ('errors:disk', x'09')");
            clock.advance(Duration.ofHours(2));

            assertThat(await(store.forget(key -> Optional.of(Keys.FIVE_PER_HOUR), 100)))
                    .extracting(Store.Forgotten::key)
                    .containsExactly(key("before"), key("the-last"));
            assertThat(Sql.seenByReader(store, "SELECT key FROM sluice_key")).containsExactly("errors:disk");
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
        Path text = Files.writeString(directory.resolve("data"), "a file");

        assertThatThrownBy(() ->
                        SqlStore.sqlite(text.resolve("sluice.db"), SqliteSettings.STANDARD, InstantSource.system()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("check its path and permissions");
    }

    @Test
    void aDirectoryInPlaceOfTheFileIsRefused() throws IOException {
        Files.createDirectory(file);

        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be opened for writing");
    }

    @Test
    void theDirectoriesOfTheFileAreMade() {
        file = directory.resolve("deep/down/sluice.db");
        open().close();

        assertThat(file).exists();
    }

    @Test
    void tablesOfANewerProgramAreRefusedAndLeftAlone() throws SQLException {
        open().close();
        try (Connection connection = behindItsBack()) {
            Sql.behindItsBack(connection, "UPDATE sluice_schema SET version = 99");
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("have version 99")
                .hasMessageContaining("knows only 1");
        try (Connection connection = behindItsBack()) {
            Sql.behindItsBack(connection, "UPDATE sluice_schema SET version = 1");
        }
        open().close();
    }
}
