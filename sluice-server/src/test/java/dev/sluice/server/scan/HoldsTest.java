package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Candidates that an operator keeps back, on each database. */
@ParameterizedClass(name = "{0}")
@EnumSource(Dialect.class)
class HoldsTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final Set<String> KEPT =
            Set.of("sluice_schema", "sluice_fence_floor", "sluice_probe", "sluice_database");

    @TempDir
    Path directory;

    private final Dialect dialect;
    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private Optional<Lent> lent = Optional.empty();
    private SqlStore store;
    private Holds holds;

    HoldsTest(Dialect dialect) {
        this.dialect = dialect;
    }

    private record Lent(SqlServer server, Database database) {}

    @BeforeEach
    void open() {
        lent = switch (dialect) {
            case SQLITE -> Optional.empty();
            case POSTGRESQL -> Optional.of(of(PostgresServer.shared()));
            case MARIADB -> Optional.of(of(MariaDbServer.shared()));
        };
        store = lent.map(it -> SqlStore.open(it.database().url(), SqlSettings.STANDARD, clock::get))
                .orElseGet(() -> SqlStore.sqlite(directory.resolve("sluice.db"), SqliteSettings.STANDARD, clock::get));
        holds = new Holds(store);
    }

    private static Lent of(SqlServer server) {
        return new Lent(server, server.lend());
    }

    @AfterEach
    void close() {
        store.close();
        lent.ifPresent(it -> it.server().giveBack(it.database(), KEPT));
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Holds.Hold hold(String subject, Optional<Instant> until) {
        return new Holds.Hold(subject, false, BEGIN, until, "ann");
    }

    @Test
    void whatIsKeptBackIsKnownUntilItIsLetGo() {
        Holds.Hold forgotten = new Holds.Hold("8/b", true, BEGIN, Optional.empty(), "bob");
        assertThat(done(holds.put("carts", hold("7/a", Optional.empty())))).isTrue();
        done(holds.put("carts", forgotten));
        assertThat(holds.of("carts").values()).containsExactly(hold("7/a", Optional.empty()), forgotten);
        assertThat(holds.of("carts", "8/b")).contains(forgotten);
        assertThat(holds.of("other")).isEmpty();
        assertThat(done(holds.remove("carts", "7/a"))).isTrue();
        assertThat(done(holds.remove("carts", "7/a"))).isFalse();
        assertThat(holds.of("carts")).containsOnlyKeys("8/b");
    }

    @Test
    void aHoldIsOverAtItsEndAndTheLastOneCounts() {
        Instant end = BEGIN.plusSeconds(60);
        done(holds.put("carts", hold("7/a", Optional.empty())));
        done(holds.put("carts", hold("7/a", Optional.of(end))));
        clock.set(end.minusMillis(1));
        assertThat(holds.of("carts", "7/a")).contains(hold("7/a", Optional.of(end)));
        clock.set(end);
        assertThat(holds.of("carts", "7/a")).isEmpty();
        assertThat(holds.of("carts")).isEmpty();
    }
}
