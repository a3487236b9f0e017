package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Judge.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Nothing acknowledged is lost and nothing is told twice without a declared reason, wherever the server is killed. */
class CrashTest {
    private static final int ROUNDS = Integer.getInteger("sluice.crash.rounds", 1);
    private static final long SEED = Long.getLong("sluice.crash.seed", System.nanoTime());
    private static final int KILLS = 5;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final Report report = new Report();

    @Test
    void nothing_is_lost_at_any_point_where_the_server_is_killed() throws IOException {
        for (int round = 1; round <= ROUNDS; round++) {
            Verdict verdict = round(round);
            if (!verdict.findings().isEmpty()) {
                break;
            }
        }

        show(report.text());
        assertThat(report.broken())
                .as("seed %d, kept in %s%n%s", SEED, directory, report.text())
                .isEmpty();
        assertThat(report.incidents()).containsAll(Incident.Halt.points());
    }

    @Test
    void a_server_that_loses_its_data_is_found_out() throws IOException {
        Random random = new Random(SEED);
        Temper refusing = Temper.always(Conduct.REFUSE, random, Scene.LATE);
        try (Campaign campaign = new Campaign(directory, random, List.of(refusing, refusing), report)) {
            campaign.awaitPasses(5);
            campaign.suffer(new Incident.Kill(Duration.ZERO));
            wipe(directory.resolve("data"));

            assertThat(campaign.judgeSoon().count(Promise.NOTHING_LOST)).isPositive();
        }
    }

    private static void wipe(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private Verdict round(int number) throws IOException {
        Random random = new Random(SEED + number);
        Path home = Files.createDirectory(directory.resolve("round-" + number));
        List<Incident> incidents = Incident.round(random, KILLS);
        List<Temper> rough = List.of(
                Temper.rough(new Random(random.nextLong()), Scene.LATE),
                Temper.rough(new Random(random.nextLong()), Scene.LATE));
        try (Campaign campaign = new Campaign(home, random, rough, report)) {
            for (int i = 0; i < incidents.size(); i++) {
                Instant from = Instant.now();
                campaign.suffer(incidents.get(i));
                show("round %d of %d, incident %2d of %d: %-22s %5d ms"
                        .formatted(
                                number,
                                ROUNDS,
                                i + 1,
                                incidents.size(),
                                incidents.get(i).name(),
                                Duration.between(from, Instant.now()).toMillis()));
            }
            return campaign.judge();
        }
    }

    /** Progress is for those who asked for the long form. */
    @SuppressWarnings("SystemOut")
    private static void show(String line) {
        if (ROUNDS > 1) {
            System.out.println(line);
        }
    }
}
