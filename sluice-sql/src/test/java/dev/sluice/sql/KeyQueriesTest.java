package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No query of the store looks at more of the table than it gives. */
class KeyQueriesTest {
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

    private String plan(String query) {
        return String.join("; ", Sql.seenByReader(store, "EXPLAIN QUERY PLAN " + query));
    }

    @Test
    void dueKeysComeFromTheirIndexInItsOrder() {
        assertThat(plan(KeyQueries.DUE)).isEqualTo("SEARCH sluice_key USING COVERING INDEX sluice_key_due (due_at<?)");
    }

    @Test
    void theSoonestDueTimeIsTheFirstOfTheIndex() {
        assertThat(plan(KeyQueries.NEXT_DUE)).contains("SEARCH").contains("sluice_key_due");
    }

    @Test
    void pagesAreRangesOfThePrimaryKey() {
        assertThat(plan(KeyQueries.RANGE)).isEqualTo("SEARCH sluice_key USING PRIMARY KEY (key>? AND key<?)");
        assertThat(plan(KeyQueries.PAGE)).isEqualTo("SEARCH sluice_key USING PRIMARY KEY (key>?)");
    }
}
