package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static dev.sluice.sql.Keys.key;
import static dev.sluice.sql.Keys.occurrence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import dev.sluice.contract.ManualClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One unit of work, and many of them in one commit. */
class SqlStoreTest {
    @TempDir
    private Path directory;

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private SqlStore store;

    @BeforeEach
    void open() {
        store = SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aWorkThatThrowsUndoesItsOwnStepsAndStatementsOnly() {
        await(store.transact(
                unit -> unit.prepare("CREATE TABLE note (text TEXT)").executeUpdate()));
        CountDownLatch together = new CountDownLatch(1);
        store.transact(unit -> {
            Keys.await(together);
            return 0;
        });
        CompletionStage<Integer> first = store.transact(unit -> note(unit, "first"));
        CompletionStage<Integer> second = store.transact(unit -> {
            note(unit, "second");
            throw new IllegalArgumentException("no second");
        });
        CompletionStage<Integer> third = store.transact(unit -> note(unit, "third"));
        together.countDown();

        await(first);
        assertThatThrownBy(() -> await(second))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no second");
        await(third);
        assertThat(notes()).containsExactly("first", "third");
        assertThat(await(store.read(key("shared"))).orElseThrow().seen()).isEqualTo(2);
        assertThat(await(store.read(key("second")))).isEmpty();
    }

    private static int note(UnitOfWork unit, String text) throws java.sql.SQLException {
        unit.step(occurrence(text, 1));
        unit.step(occurrence("shared", text.hashCode()));
        java.sql.PreparedStatement insert = unit.prepare("INSERT INTO note (text) VALUES (?)");
        insert.setString(1, text);
        return insert.executeUpdate();
    }

    private List<String> notes() {
        return store.query(connection -> {
            try (java.sql.Statement statement = connection.createStatement();
                    java.sql.ResultSet row = statement.executeQuery("SELECT text FROM note ORDER BY text")) {
                List<String> texts = new java.util.ArrayList<>();
                while (row.next()) {
                    texts.add(row.getString(1));
                }
                return texts;
            }
        });
    }

    @Test
    void aClosedStoreSaysSo() {
        store.close();

        assertThatThrownBy(() -> await(store.apply(occurrence("disk", 1))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> await(store.read(key("disk")))).isInstanceOf(StoreException.class);
    }
}
