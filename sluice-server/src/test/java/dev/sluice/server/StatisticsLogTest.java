package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.http.Decisions;
import dev.sluice.server.job.UniqueJobs;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Holds;
import dev.sluice.server.scan.Scans;
import dev.sluice.server.watch.Finding;
import dev.sluice.server.watch.Sources;
import dev.sluice.server.watch.Watching;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line about each flow that is logged now and then. */
class StatisticsLogTest {
    @TempDir
    Path directory;

    private final LogLines lines = new LogLines();

    private static Watching watching(ServerConfig config, Outbox outbox, SqlStore store) {
        return Watching.begin(
                config,
                new Watching.Deciders(outbox, outbox::accept),
                new Finding(
                        new Sources(List.of(), config.stores().redis()),
                        new Scans(List.of(), new Holds(store), InstantSource.system())),
                store,
                Optional.empty(),
                InstantSource.system(),
                Optional.empty());
    }

    @Test
    void aLineIsLoggedWhereSomethingChangedAndOnlyThere() {
        ServerConfig config = ServerConfig.standard(directory);
        FlowConfig errors = config.flow("errors").orElseThrow();
        FlowPlan plan = errors.plan();
        try (SqlStore store =
                        SqlStore.sqlite(directory.resolve("l.db"), SqliteSettings.STANDARD, InstantSource.system());
                Outbox outbox = new Outbox(
                        store,
                        List.of(plan),
                        Map.of("inbox", outgoing -> new Receipt.Accepted("ok")),
                        new Outbox.Settings(Duration.ofSeconds(30), 1, Duration.ZERO, Duration.ofDays(30)),
                        new Random(7));
                StatisticsLog log = new StatisticsLog(
                        new StoredEngine(
                                config,
                                new Deciding(
                                        outbox,
                                        new Observed(List.of(errors), new SqlKeys(store)::count),
                                        new DatabaseLookout("sqlite:", store::probe, InstantSource.system(), lines),
                                        new Decisions(new SimpleMeterRegistry())),
                                new Lanes(watching(config, outbox, store), UniqueJobs.none()),
                                new Audience(store, Duration.ofDays(30)),
                                store,
                                new SqlKeys(store),
                                Optional.empty()),
                        lines)) {
            log.look();
            assertThat(lines.written()).isEmpty();
            for (int i = 0; i < 10; i++) {
                send(outbox);
            }
            log.look();
            log.look();
            assertThat(lines.written())
                    .containsExactly("INFO Statistics of errors: tracked_signatures=1 total_occurrences=10"
                            + " total_alerts_sent=5 total_suppressed=5 suppression_rate=50.0%");
            send(outbox);
            log.look();
            assertThat(lines.written()).hasSize(2);
        }
    }

    private static void send(Outbox outbox) {
        Content content = new Content("title", "message", "error", "{}");
        Occurrence occurrence =
                new Occurrence(Key.of("errors", "p/t/m"), "", content, List.of(), Optional.empty(), Event.Settle.LATER);
        outbox.accept(occurrence).toCompletableFuture().join();
    }
}
