package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.MemoryStore;
import dev.sluice.Settlement;
import dev.sluice.Store;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs with threads of their own, over each database. */
class ThreadsTest {
    private static final System.Logger LOG = System.getLogger(ThreadsTest.class.getName());
    private static final String KIND = "liquidate";
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NODES = 4;
    private static final int TRIGGERS = 100;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Queue<String> ran = new ConcurrentLinkedQueue<>();
    private final Queue<JobEvent> events = new ConcurrentLinkedQueue<>();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        open.countDown();
        for (int i = opened.size(); i > 0; i--) {
            opened.get(i - 1).close();
        }
    }

    private <C extends AutoCloseable> C closed(C last) {
        opened.add(last);
        return last;
    }

    private String url(Dialect dialect) {
        return switch (dialect) {
            case SQLITE -> "sqlite:" + directory.resolve("sluice.db");
            case POSTGRESQL -> PostgresServer.shared().fresh().url();
            case MARIADB -> MariaDbServer.shared().fresh().url();
        };
    }

    private Store keys(Dialect dialect, String url) {
        return closed(
                dialect == Dialect.SQLITE
                        ? new MemoryStore(1_000, InstantSource.system())
                        : SqlStore.open(url, SqlSettings.STANDARD));
    }

    private Jobs jobs(Store keys, JobDatabase rows, int threads, JobHandler handler) {
        return closed(Jobs.over(keys, rows)
                .kind(new JobKind(KIND, LEASE, Retries.STANDARD, handler))
                .listener(events::add)
                .threads(threads)
                .name("node " + opened.size())
                .stopWithin(Duration.ofSeconds(2))
                .start());
    }

    private StepResult untilOpen(Run run) throws InterruptedException {
        ran.add(run.subject());
        open.await();
        return StepResult.done();
    }

    private void awaitRuns(int count) {
        await().atMost(PATIENCE).until(() -> ran.size() >= count);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("100 triggers at once on 4 nodes start one job, and 99 are told what is in their way")
    void concurrentTriggers(Dialect dialect) throws Exception {
        String url = url(dialect);
        Store keys = keys(dialect, url);
        JobDatabase rows = closed(JobDatabase.beside(url, SqlSettings.STANDARD));
        List<Jobs> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(jobs(keys, rows, 2, this::untilOpen));
        }
        List<Callable<Triggered>> triggers = new ArrayList<>();
        for (int i = 0; i < TRIGGERS; i++) {
            Jobs node = nodes.get(i % NODES);
            triggers.add(() -> node.trigger(KIND, "u", "values"));
        }
        ExecutorService callers = Executors.newFixedThreadPool(20);
        List<Triggered> answers = new ArrayList<>();
        for (Future<Triggered> each : callers.invokeAll(triggers)) {
            answers.add(each.get());
        }
        callers.shutdown();
        assertThat(answers).filteredOn(Triggered.Started.class::isInstance).hasSize(1);
        assertThat(answers)
                .filteredOn(Triggered.Already.class::isInstance)
                .hasSize(TRIGGERS - 1)
                .allMatch(each -> List.of(JobState.QUEUED, JobState.RUNNING)
                        .contains(((Triggered.Already) each).job().state()));
        awaitRuns(1);
        JobStatus status = nodes.get(0).status(KIND, "u").orElseThrow();
        assertThat(status.holder().orElseThrow()).startsWith("node ");
        open.countDown();
        await().atMost(PATIENCE).until(() -> nodes.get(0).status(KIND, "u").isEmpty());
        assertThat(ran).containsExactly("u");
    }

    @ParameterizedTest
    @EnumSource
    void aJobStartsAtOnceAndOneOfABusyNodeStartsOnAnother(Dialect dialect) {
        String url = url(dialect);
        Store keys = keys(dialect, url);
        JobDatabase rows = closed(JobDatabase.beside(url, SqlSettings.STANDARD));
        Jobs busy = jobs(keys, rows, 1, this::untilOpen);
        long at = System.nanoTime();
        busy.trigger(KIND, "first", "");
        awaitRuns(1);
        LOG.log(System.Logger.Level.INFO, "{0}: started within {1} ms", dialect, (System.nanoTime() - at) / 1_000_000);
        jobs(keys, rows, 1, this::untilOpen);
        busy.trigger(KIND, "second", "");
        awaitRuns(2);
        assertThat(ran).containsExactly("first", "second");
    }

    @ParameterizedTest
    @EnumSource
    void subjectsThatOnlyLookAlikeAreDifferent(Dialect dialect) {
        String url = url(dialect);
        Store keys = keys(dialect, url);
        JobDatabase rows = closed(JobDatabase.beside(url, SqlSettings.STANDARD));
        Jobs jobs = jobs(keys, rows, 8, this::untilOpen);
        List<String> subjects = List.of("user", "User", "user ", "us\u00e9r", "user\0");
        for (String each : subjects) {
            assertThat(jobs.trigger(KIND, each, "")).isInstanceOf(Triggered.Started.class);
        }
        awaitRuns(subjects.size());
        assertThat(ran).containsExactlyInAnyOrderElementsOf(subjects);
    }

    @ParameterizedTest
    @EnumSource
    void aStopCutsARunOffAtItsPauseAndInItsWaitAndTheNextProcessGoesOn(Dialect dialect) {
        String url = url(dialect);
        Store keys = keys(dialect, url);
        JobDatabase rows = closed(JobDatabase.beside(url, SqlSettings.STANDARD));
        Jobs first = jobs(keys, rows, 2, run -> {
            ran.add(run.subject());
            return run.subject().equals("pausing") ? StepResult.again(Duration.ofHours(1)) : hang();
        });
        first.trigger(KIND, "pausing", "");
        first.trigger(KIND, "hanging", "");
        awaitRuns(2);
        first.close();
        assertThat(events).filteredOn(JobEvent.Stopped.class::isInstance).hasSize(2);
        ran.clear();
        jobs(keys, rows, 2, run -> {
            ran.add(run.subject() + " " + run.attempt());
            return StepResult.done();
        });
        awaitRuns(2);
        assertThat(ran).containsExactlyInAnyOrder("pausing 1", "hanging 1");
    }

    private StepResult hang() throws InterruptedException {
        open.await();
        return StepResult.done();
    }

    @ParameterizedTest
    @EnumSource
    void subjectsArePlannedPausedAndKeptInEachDatabase(Dialect dialect) {
        String url = url(dialect);
        Store keys = keys(dialect, url);
        JobDatabase rows = closed(JobDatabase.beside(url, SqlSettings.STANDARD));
        Jobs jobs = jobs(keys, rows, 2, run -> {
            ran.add(run.subject() + " " + run.data() + run.place());
            return StepResult.done("uid 1\0");
        });
        Subjects subjects = jobs.subjects();
        Schedule hourly = new Schedule.Every(Duration.ofHours(1));
        subjects.plan(KIND, new Planned("a", Optional.of(hourly), true, "\u00fc"));
        subjects.plan(KIND, new Planned("b", Optional.of(hourly), false, ""));
        assertThat(subjects.tick(KIND)).isEqualTo(new Subjects.Ticked(1, 0));
        await().atMost(PATIENCE).until(() -> jobs.status(KIND, "a").isEmpty());
        assertThat(ran).containsExactly("a \u00fc");
        Kept kept = subjects.find(KIND, "a").orElseThrow();
        assertThat(kept.place()).isEqualTo("uid 1\ufffd");
        assertThat(kept.planned().schedule()).contains(hourly);

        assertThat(subjects.tick(KIND).scheduled()).isEqualTo(1);
        assertThat(jobs.status(KIND, "a").flatMap(JobStatus::next))
                .contains(kept.lastRun().orElseThrow().plus(Duration.ofHours(1)));
        subjects.pause(KIND, "a", "its password is refused");
        assertThat(jobs.status(KIND, "a")).isEmpty();
        assertThat(jobs.trigger(KIND, "a", "")).isEqualTo(new Triggered.Paused("its password is refused"));
        assertThat(jobs.trigger(KIND, "b", "")).isEqualTo(new Triggered.Paused("it is not enabled"));
        assertThat(subjects.takeOver(KIND, "a", "older", Instant.EPOCH)).isFalse();
        assertThat(subjects.takeOver(KIND, "c", "uid 9", Instant.EPOCH)).isTrue();
        jobs.trigger(KIND, "c", "");
        await().atMost(PATIENCE).until(() -> ran.contains("c uid 9"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsFetchedIsLentFollowedAndEndedInEachDatabase(Dialect dialect) {
        String url = url(dialect);
        Store keys = keys(dialect, url);
        JobDatabase rows = closed(JobDatabase.beside(url, SqlSettings.STANDARD));
        Jobs jobs = closed(Jobs.over(keys, rows)
                .kind(JobKind.fetched(KIND, LEASE, Retries.STANDARD))
                .start());
        jobs.trigger(KIND, "u", "first");
        Lending.Lent lent = jobs.lending().take(KIND, "worker").orElseThrow();
        assertThat(jobs.lending().take(KIND, "other")).isEmpty();
        jobs.trigger(KIND, Trigger.of("u").withData("second").on(OnConflict.AFTER));
        assertThat(jobs.lending().complete(lent.claim(), Optional.empty())).isEqualTo(Settlement.OK);
        Lending.Lent next = jobs.lending().take(KIND, "worker").orElseThrow();
        assertThat(next.job().data()).isEqualTo("second");
        assertThat(jobs.lending().complete(next.claim(), Optional.of("uid 7"))).isEqualTo(Settlement.OK);
        assertThat(jobs.status(KIND, "u")).isEmpty();
    }
}
