package dev.sluice.jobs;

import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import dev.sluice.MemoryStore;
import dev.sluice.Store;
import dev.sluice.sql.SqliteSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lane does again and again. */
class ThreadLaneTest {
    private static final Duration LEASE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** What fails on purpose need not be told. */
    private final Logger warnings = Logger.getLogger(ThreadLane.class.getName());

    private final AtomicInteger renewals = new AtomicInteger();

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void showWarnings() {
        warnings.setLevel(null);
    }

    private void renew() {
        if (renewals.incrementAndGet() == 1) {
            throw new IllegalStateException("the first renewal fails");
        }
    }

    @Test
    void aDutyThatFailsIsDoneAgain() {
        try (Store keys = new MemoryStore(10, InstantSource.system());
                JobDatabase database = JobDatabase.sqlite(directory.resolve("jobs.db"), SqliteSettings.STANDARD)) {
            Lane lane = new ThreadLane(
                    new SchedulerBuilder(database.source(), List.of()).tableName(Rows.TABLE),
                    new StoreClock(keys),
                    new ThreadLane.Duties(1, LEASE, Duration.ofSeconds(2), this::renew, () -> {}));
            lane.start();
            try {
                await().atMost(PATIENCE).until(() -> renewals.get() > 2);
            } finally {
                lane.close();
            }
        }
    }
}
