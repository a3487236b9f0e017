package dev.sluice.sql;

import static dev.sluice.sql.Keys.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.ManualClock;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the works of one commit gather is written once, without what failed works would have added. */
class GatheredTest {
    @TempDir
    private Path directory;

    private SqlStore store;

    /** Writes a row for each commit: the sum of what its works added. */
    private static final class Sum implements UnitOfWork.Gathered {
        private int sum;

        @Override
        public void write(UnitOfWork unit) throws SQLException {
            PreparedStatement insert = unit.prepare("INSERT INTO total (sum) VALUES (?)");
            insert.setInt(1, sum);
            insert.executeUpdate();
        }
    }

    @BeforeEach
    void open() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        store = SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, new ManualClock(now));
        await(store.transact(
                unit -> unit.prepare("CREATE TABLE total (sum INTEGER)").executeUpdate()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private CompletionStage<Integer> adding(int number, boolean failing) {
        return store.transact(unit -> {
            unit.gather(Sum.class, Sum::new, sum -> sum.sum += number);
            if (failing) {
                throw new IllegalArgumentException("not this one");
            }
            return number;
        });
    }

    @Test
    void ofOneCommitItIsWrittenOnceWithoutWhatFailed() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch together = new CountDownLatch(1);
        store.transact(unit -> {
            busy.countDown();
            Keys.await(together);
            return 0;
        });
        Keys.await(busy);
        CompletionStage<Integer> one = adding(1, false);
        CompletionStage<Integer> ten = adding(10, true);
        CompletionStage<Integer> hundred = adding(100, false);
        together.countDown();
        await(one);
        await(hundred);
        assertThatThrownBy(() -> await(ten)).hasMessage("not this one");
        assertThat(sums()).containsExactly(101);

        await(adding(1_000, false));
        assertThat(sums()).containsExactly(101, 1_000);
    }

    private List<Integer> sums() {
        return store.query(connection -> {
            List<Integer> sums = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("SELECT sum FROM total ORDER BY sum");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    sums.add(row.getInt(1));
                }
            }
            return sums;
        });
    }
}
