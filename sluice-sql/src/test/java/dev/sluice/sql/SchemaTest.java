package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StoreException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    private static final String V1 = "CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('one; and only one');";
    private static final String V2 = "ALTER TABLE note ADD COLUMN more TEXT; UPDATE note SET more = text || '!';";

    @TempDir
    private Path directory;

    private SqlStore store;

    @BeforeEach
    void open() {
        store = SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, InstantSource.system());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<String> versions() {
        return Sql.seenByReader(store, "SELECT component || ' ' || version FROM sluice_schema ORDER BY component");
    }

    @Test
    void versionsAreAppliedInOrderAndOnce() {
        store.install(new Schema("notes", List.of(V1, V2)));
        store.install(new Schema("notes", List.of(V1, V2)));

        assertThat(Sql.seenByReader(store, "SELECT more FROM note")).containsExactly("one; and only one!");
        assertThat(versions()).containsExactly("notes 2", "store 1");
    }

    @Test
    void anOlderDatabaseIsBroughtUp() {
        store.install(new Schema("notes", List.of(V1)));
        assertThat(versions()).containsExactly("notes 1", "store 1");

        store.install(new Schema("notes", List.of(V1, V2)));
        assertThat(Sql.seenByReader(store, "SELECT more FROM note")).containsExactly("one; and only one!");
    }

    @Test
    void aScriptThatFailsLeavesNothingOfAnyVersion() {
        Schema broken = new Schema("notes", List.of(V1, "CREATE TABLE other (text TEXT); SELECT nonsense;"));

        assertThatThrownBy(() -> store.install(broken))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nonsense");
        assertThat(versions()).containsExactly("store 1");
        assertThat(Sql.seenByReader(store, "SELECT name FROM sqlite_schema WHERE name IN ('note', 'other')"))
                .isEmpty();
    }

    @Test
    void aNewerComponentIsRefused() {
        store.install(new Schema("notes", List.of(V1, V2)));
        Schema older = new Schema("notes", List.of(V1));

        assertThatThrownBy(() -> store.install(older))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the tables of notes have version 2; this program knows only 1");
    }

    @Test
    void aComponentWithoutScriptsIsAMistake() {
        assertThatThrownBy(() -> Schema.of("nothing", String.class)).isInstanceOf(IllegalArgumentException.class);
    }
}
