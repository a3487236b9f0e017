package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Store;
import dev.sluice.sql.SqlSettings;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisServer;
import dev.sluice.testbed.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes over real databases; one of them is killed or stands still. */
class KilledProcessTest {
    private static final System.Logger LOG = System.getLogger(KilledProcessTest.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a machine that does much else may take beyond a lease. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    /** Where keys and rows lie. */
    enum Place {
        POSTGRESQL,
        MARIADB,
        REDIS_AND_POSTGRESQL;

        String database() {
            return this == MARIADB
                    ? MariaDbServer.shared().fresh().url()
                    : PostgresServer.shared().fresh().url();
        }

        String keys(String database) {
            return this == REDIS_AND_POSTGRESQL ? RedisServer.sharedUrl() : database;
        }
    }

    private Jobs jobs(Store store, JobDatabase database) {
        return Jobs.over(store, database)
                .kind(new JobKind(OtherWorker.KIND, OtherWorker.LEASE, Retries.STANDARD, run -> StepResult.done()))
                .listener(events::add)
                .start();
    }

    private <E extends JobEvent> List<E> heard(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static Instant claimEnds(Store store, String subject) {
        return Micros.instant(store.read(Key.of(OtherWorker.KIND, subject))
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .live()
                .get(0)
                .until());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S1.9 a killed process's job runs in another one as soon as its claim is over")
    void aKilledProcess(Place place) throws Exception {
        String database = place.database();
        String keys = place.keys(database);
        String subject = "user-" + System.nanoTime();
        try (OtherWorker a = OtherWorker.start(keys, database, subject);
                Store store = OtherWorker.store(keys);
                JobDatabase rows = JobDatabase.beside(database, SqlSettings.STANDARD)) {
            long first = Long.parseLong(a.says("effect"));
            try (Jobs b = jobs(store, rows)) {
                assertThat(b.status(OtherWorker.KIND, subject).orElseThrow().state())
                        .isEqualTo(JobState.RUNNING);
                a.kill();
                Instant free = claimEnds(store, subject);
                await().atMost(PATIENCE)
                        .until(() -> !heard(JobEvent.Started.class).isEmpty());
                Duration late = Duration.between(free, Micros.instant(store.now()));
                LOG.log(
                        System.Logger.Level.INFO,
                        "{0}: started {1} ms after the claim was over",
                        place,
                        late.toMillis());
                assertThat(late).isPositive().isLessThan(SLACK);
                assertThat(heard(JobEvent.Started.class).get(0).fence()).isGreaterThan(first);
                await().atMost(PATIENCE)
                        .until(() -> b.status(OtherWorker.KIND, subject).isEmpty());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S1.9 a process that stood still for longer than its lease is refused when it goes on")
    void aPausedProcess(Place place) throws Exception {
        String database = place.database();
        String keys = place.keys(database);
        String subject = "user-" + System.nanoTime();
        try (OtherWorker a = OtherWorker.start(keys, database, subject);
                Store store = OtherWorker.store(keys);
                JobDatabase rows = JobDatabase.beside(database, SqlSettings.STANDARD)) {
            String fence = a.says("effect");
            try (Jobs b = jobs(store, rows)) {
                Signal.STOP.to(a.pid());
                await().atMost(PATIENCE).until(() -> !heard(JobEvent.Done.class).isEmpty());
                Signal.CONT.to(a.pid());
                assertThat(a.says("lost")).isEqualTo(fence);
                assertThat(b.status(OtherWorker.KIND, subject)).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("S1.8 a job in a file is found again by the next process")
    void theOnlyProcessIsKilled(@TempDir Path directory) throws Exception {
        String database = "sqlite:" + directory.resolve("sluice.db");
        try (OtherWorker a = OtherWorker.start(database, database, "u")) {
            a.says("effect");
            a.kill();
        }
        assertThat(directory.resolve("jobs.db")).exists();
        try (Store store = OtherWorker.store(database);
                JobDatabase rows = JobDatabase.beside(database, SqlSettings.STANDARD);
                Jobs b = jobs(store, rows)) {
            await().atMost(PATIENCE).until(() -> !heard(JobEvent.Done.class).isEmpty());
            assertThat(heard(JobEvent.TakenOver.class)).hasSize(1);
            assertThat(b.status(OtherWorker.KIND, "u")).isEmpty();
        }
    }
}
