package dev.sluice.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import dev.sluice.outbox.LastLook;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

/** Who wants no more and who bought, on each database. */
@ParameterizedClass(name = "{0}")
@EnumSource(Dialect.class)
class AudienceTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final Set<String> KEPT =
            Set.of("sluice_schema", "sluice_fence_floor", "sluice_probe", "sluice_database");

    @TempDir
    Path directory;

    private final Dialect dialect;
    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private Optional<Lent> lent = Optional.empty();
    private SqlStore store;
    private Audience audience;

    AudienceTest(Dialect dialect) {
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
        audience = new Audience(store, Duration.ofDays(30));
    }

    private static Lent of(SqlServer server) {
        return new Lent(server, server.lend());
    }

    @AfterEach
    void close() {
        store.close();
        lent.ifPresent(it -> it.server().giveBack(it.database(), KEPT));
    }

    @Test
    void anAddressIsOneHoweverItIsWrittenAndOfOneFlow() {
        assertThat(done(audience.optOut("carts", "Ann <ANN@example.org>"))).isTrue();
        assertThat(done(audience.optOut("carts", "ann@example.org"))).isFalse();
        done(audience.optOut("carts", "zoe@example.org"));

        assertThat(audience.isOptedOut("carts", "aNN@Example.org")).isTrue();
        assertThat(audience.isOptedOut("carts", "anna@example.org")).isFalse();
        assertThat(audience.isOptedOut("other", "ann@example.org")).isFalse();
        assertThat(audience.optOuts("carts", "", 10))
                .containsExactly(
                        new Audience.OptOut("ann@example.org", BEGIN), new Audience.OptOut("zoe@example.org", BEGIN));
        assertThat(audience.optOuts("carts", "ann@example.org", 10)).hasSize(1);

        assertThat(done(audience.optIn("carts", "ann@example.org"))).isTrue();
        assertThat(done(audience.optIn("carts", "ann@example.org"))).isFalse();
        assertThat(audience.isOptedOut("carts", "ann@example.org")).isFalse();
    }

    @Test
    void aReportCountsOnceAndIsForgottenWithTheLedger() {
        assertThat(done(audience.converted("carts", "42", "order-7"))).isTrue();
        assertThat(done(audience.converted("carts", "42", "order-7"))).isFalse();
        assertThat(audience.countConversions("carts", BEGIN, BEGIN.plusSeconds(1)))
                .isEqualTo(1);
        assertThat(audience.countConversions("carts", BEGIN.plusSeconds(1), BEGIN.plusSeconds(9)))
                .isZero();
        assertThat(audience.conversions("carts", BEGIN, BEGIN.plusSeconds(1), 10))
                .containsExactly(new Audience.Conversion("order-7", "42", BEGIN));

        clock.set(BEGIN.plus(Duration.ofDays(31)));
        done(audience.converted("carts", "43", "order-8"));
        assertThat(audience.lastConversion("carts", "42")).isEmpty();
        assertThat(audience.lastConversion("carts", "43")).contains(clock.get());
    }

    @Test
    void whatWasDecidedBeforeAPurchaseIsTakenBackAndNothingElse() throws Exception {
        done(audience.converted("carts", "42", "order-7"));

        assertThat(look(Optional.empty(), "42/a", "", BEGIN)).isEqualTo(new LastLook.Answer.Withdraw("bought"));
        assertThat(look(Optional.empty(), "42", "", BEGIN)).isEqualTo(new LastLook.Answer.Withdraw("bought"));
        assertThat(look(Optional.empty(), "42/a", "", BEGIN.plusMillis(1))).isInstanceOf(LastLook.Answer.Send.class);
        assertThat(look(Optional.empty(), "420/a", "", BEGIN)).isInstanceOf(LastLook.Answer.Send.class);
    }

    @Test
    void ofThoseWhoAreLookedUpOnlyThoseAreLeftWhoWantIt() throws Exception {
        done(audience.optOut("carts", "ann@example.org"));
        LastLook both = asked -> new LastLook.Answer.Send(List.of("Ann <Ann@example.org>", "bob@example.org"));
        LastLook ann = asked -> new LastLook.Answer.Send(List.of("ann@example.org"));
        LastLook nobody = asked -> new LastLook.Answer.Send(List.of());
        LastLook gone = asked -> new LastLook.Answer.Withdraw("active again");

        assertThat(look(Optional.of(both), "42/a", "", BEGIN))
                .isEqualTo(new LastLook.Answer.Send(List.of("bob@example.org")));
        assertThat(look(Optional.of(ann), "42/a", "", BEGIN)).isEqualTo(new LastLook.Answer.Withdraw("opted out"));
        assertThat(look(Optional.of(nobody), "42/a", "", BEGIN)).isEqualTo(new LastLook.Answer.Send(List.of()));
        assertThat(look(Optional.of(gone), "42/a", "", BEGIN)).isEqualTo(new LastLook.Answer.Withdraw("active again"));
        assertThat(look(Optional.empty(), "42/a", "ann@example.org", BEGIN))
                .isEqualTo(new LastLook.Answer.Withdraw("opted out"));
    }

    private LastLook.Answer look(Optional<LastLook> other, String subject, String recipient, Instant decidedAt)
            throws Exception {
        return audience.before(Key::subject, other.isPresent(), other)
                .at(new LastLook.Asked(Key.of("carts", subject), recipient, false, decidedAt));
    }

    private static boolean done(CompletionStage<Boolean> stage) {
        return stage.toCompletableFuture().join();
    }

    @Test
    void bothAreCountedByTheDayInUtcOnWhichTheyWere() {
        done(audience.optOut("carts", "ann@example.org"));
        done(audience.converted("carts", "1", "a"));
        clock.set(BEGIN.plus(Duration.ofHours(15)));
        done(audience.converted("carts", "2", "b"));
        done(audience.converted("carts", "2", "c"));
        done(audience.converted("other", "2", "d"));
        Instant day = Instant.parse("2026-01-14T00:00:00Z");
        assertThat(audience.conversionsByDay("carts", day))
                .isEqualTo(Map.of(day, 1L, day.plus(Duration.ofDays(1)), 2L));
        assertThat(audience.conversionsByDay("carts", day.plus(Duration.ofDays(1))))
                .hasSize(1);
        assertThat(audience.optOutsByDay("carts", day)).isEqualTo(Map.of(day, 1L));
    }
}
