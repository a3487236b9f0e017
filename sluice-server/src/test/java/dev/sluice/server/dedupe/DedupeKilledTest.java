package dev.sluice.server.dedupe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.server.dedupe.Log.On;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command in a process of its own, killed in the middle of a batch that waits for a lock. */
@Timeout(180)
class DedupeKilledTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource(value = On.class, names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("killed half-way it leaves whole batches, and the next run comes to the same end")
    void killedAndRunAgain(On on) throws Exception {
        Log log = Log.of(on, directory);
        for (int i = 1; i <= 41; i++) {
            log.row(i, 1, "a", 1, "10 12:00:" + (i + 10));
        }
        try (Connection other = DriverManager.getConnection(log.url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement
                    .executeQuery("select id from cart_abandonment_log where id = 25 for update")
                    .close();
            Process process = start(log.url(), 5);
            try {
                await().atMost(PATIENCE).until(() -> log.ids().size() == 21);
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            other.rollback();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log.ids())
                        .as("four batches of five are gone, and nothing of the fifth")
                        .hasSize(21)
                        .contains("22", "23", "24", "25", "26"));
        assertThat(Files.readAllLines(directory.resolve("killed.csv"))).hasSize(41);

        assertThat(log.dedupe("--apply remove --csv DIR/rest.csv").count("removed"))
                .isEqualTo("20");
        assertThat(log.ids()).containsExactly("1");
    }

    @Test
    @DisplayName("in SQLite, what was killed in the middle of a batch is rolled back by the next run")
    void killedInTheMiddleOfABatch() throws Exception {
        Log whole = Log.of(On.SQLITE, directory);
        whole.execute(
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
                        + " insert into cart_abandonment_log select i, 1, printf('%064d', 1), 1, '2026-01-10 12:00:00', null from n");
        Path crashed = Files.createDirectory(directory.resolve("crashed"));
        try (Connection killed = DriverManager.getConnection(whole.url() + "?cache_size=5");
                Statement statement = killed.createStatement()) {
            killed.setAutoCommit(false);
            statement.execute("delete from cart_abandonment_log where id > 1");
            for (String file : List.of("shop.db", "shop.db-journal")) {
                Files.copy(directory.resolve(file), crashed.resolve(file));
            }
            killed.rollback();
        }
        Log left = new Log(On.SQLITE, "jdbc:sqlite:" + crashed.resolve("shop.db"), crashed);
        Log.Called next = left.dedupe("--apply remove --csv DIR/rest.csv");
        assertThat(next.err()).isEmpty();
        assertThat(next.count("removed")).isEqualTo("4,999");
        assertThat(left.ids()).containsExactly("1");
    }

    @Test
    @DisplayName(
            "20,000 rows: killed half-way and run again it leaves the rows, and has written down the duplicates, of a run to the end")
    void killedHalfWay() throws Exception {
        Log whole = twentyThousand(Files.createDirectory(directory.resolve("whole")));
        Log killed = twentyThousand(Files.createDirectory(directory.resolve("killed")));
        assertThat(whole.dedupe("--apply remove --csv DIR/whole.csv").count("removed"))
                .isEqualTo("19,000");

        Process process = start(killed.url(), 100);
        try {
            await().atMost(PATIENCE).until(() -> rows(killed) <= 10_500);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(killed.dedupe("--apply remove --csv DIR/rest.csv").code()).isZero();
        assertThat(killed.ids()).isEqualTo(whole.ids()).hasSize(1_000);
        assertThat(directory.resolve("killed.csv"))
                .hasSameTextualContentAs(whole.directory().resolve("whole.csv"));
    }

    /** A thousand carts of twenty rows each within a day, the rows of a cart far apart. */
    private static Log twentyThousand(Path directory) throws Exception {
        Log log = Log.of(On.SQLITE, directory);
        log.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)"
                + " insert into cart_abandonment_log select i, i % 100, printf('%064d', i % 1000), i % 3 = 0,"
                + " printf('2026-01-10 %02d:00:00', i / 1000), null from n");
        return log;
    }

    private static int rows(Log log) throws Exception {
        return Integer.parseInt(
                log.query("select count(*) from cart_abandonment_log").get(0));
    }

    private Process start(String url, int batch) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                        .splitAsStream(System.getProperty("java.class.path"))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .reduce((one, more) -> one + File.pathSeparator + more)
                        .orElseThrow(),
                "dev.sluice.server.Main",
                "dedupe",
                "--jdbc",
                url));
        command.addAll(List.of(Log.NAMES.split(" ", -1)));
        command.addAll(List.of(
                "--apply",
                "remove",
                "--batch",
                Integer.toString(batch),
                "--csv",
                directory.resolve("killed.csv").toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }
}
