package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Backoff;
import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.OnLost;
import dev.sluice.OnOutage;
import dev.sluice.OnReset;
import dev.sluice.Per;
import dev.sluice.Rule;
import dev.sluice.outbox.OnFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration means, and what holds where it is silent. */
class ConfigReaderTest {
    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void withoutAConfigurationThereIsTheErrorsFlowTheInboxAndSqlite() {
        ServerConfig config = ServerConfig.standard(Path.of("data"));
        assertThat(config.store()).isEqualTo(new StoreUrl.Sqlite(Path.of("data", "sluice.db")));
        assertThat(config.http()).isEqualTo(HttpConfig.STANDARD);
        assertThat(config.operator().channels()).containsExactly("inbox");
        assertThat(config.operator().rule().allowance()).isEqualTo("10 per 1h");
        assertThat(config.channels()).containsExactly(Map.entry("inbox", new ChannelConfig.Inbox()));
        FlowConfig errors = config.flow("errors").orElseThrow();
        Rule rule = errors.rule("");
        assertThat(rule.allowance()).isEqualTo("5 per 1h");
        assertThat(rule.summaryAt()).isEqualTo(3);
        assertThat(rule.digest()).isEqualTo(Digest.AT_CLOSE);
        assertThat(errors.plan().channels()).containsExactly("inbox");
        assertThat(errors.plan().onFailure()).isEqualTo(OnFailure.STANDARD);
        assertThat(rule.onOutage()).isEqualTo(OnOutage.LOCAL);
    }

    @Test
    void anEmptyFileIsTheDefault() {
        assertThat(reading.read("# nothing\n").flows()).containsOnlyKeys("errors");
    }

    @Test
    void budgetsAreReadFromTheFileAndChangedByTheEnvironment() {
        String yaml = """
                channels:
                  log: {type: log}
                budgets:
                  recipient: {per: recipient, allow: 30 per 1h}
                  everything: {allow: 500 per 1h, digest: off}
                flows:
                  errors: {allow: 5 per 1h, channels: [log], budgets: [recipient, everything]}
                  jobs: {allow: once per 1h}
                """;
        ServerConfig config = reading.read(yaml);
        Budget recipient = Budget.of("recipient", Per.RECIPIENT, "30 per 1h");
        assertThat(config.flow("errors").orElseThrow().plan().budgets())
                .containsExactly(
                        recipient,
                        new Budget(
                                "everything",
                                Per.EVERYTHING,
                                Rule.allow("500 per 1h")
                                        .digest(Digest.OFF)
                                        .charged()
                                        .build()));
        assertThat(config.budgets()).containsOnlyKeys("recipient", "everything");
        assertThat(config.flow("jobs").orElseThrow().plan().shadow()).isFalse();

        ServerConfig changed = reading.read(
                yaml,
                Map.of(
                        "SLUICE_BUDGETS_EVERYTHING_ALLOW", "7 per 1m",
                        "SLUICE_BUDGETS_EVERYTHING_PER", "flow",
                        "SLUICE_FLOWS_JOBS_BUDGETS", "everything",
                        "SLUICE_FLOWS_JOBS_LIMITING", "off"));
        Budget everything = changed.flow("jobs").orElseThrow().plan().budgets().get(0);
        assertThat(everything.per()).isEqualTo(Per.FLOW);
        assertThat(everything.rule().allowance()).isEqualTo("7 per 1m");
        assertThat(changed.flow("jobs").orElseThrow().plan().shadow()).isTrue();
    }

    @Test
    void everythingThatAFlowSaysReachesItsRules() {
        FlowConfig flow = flow("""
                allow: once until reset
                lease: 2s
                forget-after: 3d
                on-lost-claim: drop
                on-reset: {after: 60s}
                digest: off
                on-failure: {retry: {first: 1s, factor: 1.5, max: 9s, jitter: 0, from: start, attempts: 3}, give-up: 2h, then: dead-letter}
                variants: [{name: v, allow: exclusive}, {name: w, allow: 4 per 1m, summary-at: 2}]
                """);
        Rule rule = flow.rule("");
        assertThat(rule.allowance()).isEqualTo("once until reset");
        assertThat(Duration.ofNanos(rule.lease() * 1000)).hasSeconds(2);
        assertThat(Duration.ofNanos(rule.idle() * 1000)).hasDays(3);
        assertThat(rule.onLost()).isEqualTo(OnLost.DROP);
        assertThat(rule.onReset()).isEqualTo(OnReset.after(Duration.ofMinutes(1)));
        assertThat(rule.digest()).isEqualTo(Digest.OFF);
        assertThat(rule.backoff()).contains(new Backoff(Duration.ofSeconds(1), 1.5, Duration.ofSeconds(9)));
        assertThat(flow.plan().onFailure())
                .isEqualTo(new OnFailure(
                        Duration.ofSeconds(1),
                        1.5,
                        Duration.ofSeconds(9),
                        0,
                        OnFailure.From.START,
                        3,
                        Duration.ofHours(2)));
        assertThat(flow.rule("v").exclusive()).isTrue();
        assertThat(flow.rule("w").summaryAt()).isEqualTo(2);
        assertThat(flow.rule("w").backoff()).isEmpty();
        assertThat(flow.rule("v").onOutage()).isEqualTo(OnOutage.CLOSED);
        assertThat(flow.rule("").onOutage()).isEqualTo(OnOutage.LOCAL);
    }

    @ParameterizedTest(name = "{0}, channels {1}: {2}")
    @CsvSource({
        "5 per 1h, inbox, AT_CLOSE",
        "5 per 1h, '', WITH_NEXT",
        "once per 1h, inbox, WITH_NEXT",
        "once until reset, '', WITH_NEXT",
        "exclusive, '', OFF"
    })
    void howHeldOnesAreToldUnlessSaid(String allow, String channels, Digest digest) {
        assertThat(flow("allow: " + allow + "\nchannels: [" + channels + "]")
                        .rule("")
                        .digest())
                .isEqualTo(digest);
    }

    @Test
    void aReminderIsAWindow() {
        assertThat(flow("allow: once until reset\nremind: 1d").rule("").allowance())
                .isEqualTo("once per 1d");
    }

    @Test
    void manyArePossibleWithoutClaims() {
        Rule rule = flow("allow: 500 per 1h\nclaims: off").rule("");
        assertThat(rule.limit()).isEqualTo(500);
        assertThat(rule.charged()).isTrue();
        assertThat(reading.read("operator: {allow: 100 per 1h}")
                        .operator()
                        .rule()
                        .charged())
                .isTrue();
    }

    @Test
    void theFirstVariantThatMatchesWinsAndIsPartOfTheKey() {
        FlowConfig flow = flow("""
                allow: 5 per 1h
                subject: {fields: [processor]}
                variants:
                  - {name: critical, when: {severity: critical}, allow: 20 per 1h}
                  - {name: backfill, when: {backfill: true, severity: ' Error'}, allow: 1 per 1h}
                  - {name: named, allow: 2 per 1h}
                """);
        assertThat(flow.key(Map.of("severity", " CRITICAL", "backfill", "true")).text())
                .isEqualTo("f~critical:unknown");
        assertThat(flow.variant(Map.of("severity", "error", "backfill", "true")))
                .isEqualTo("backfill");
        assertThat(flow.variant(Map.of("backfill", "true"))).isEmpty();
        assertThat(flow.variant(Map.of())).isEmpty();
        assertThat(flow.rule("named").allowance()).isEqualTo("2 per 1h");
    }

    @Test
    void channelsHaveAllTheirOptions() {
        ServerConfig config = reading.read("""
                channels:
                  a: {type: smtp, host: h, from: a@b}
                  b: {type: smtp, host: localhost, port: 2525, security: none, user: u, password: p, from: a@b, to: [c@d], connect-timeout: 1s, timeout: 2s}
                  c: {type: smtp, host: h, from: a@b, security: tls}
                  d: {type: webhook, url: 'http://h/x', secret: s, headers: {X-A: b}}
                  e: {type: log, level: error}
                """);
        ChannelConfig.Smtp plain = Reading.channel(config, "a", ChannelConfig.Smtp.class);
        assertThat(plain.port()).isEqualTo(587);
        assertThat(plain.security()).isEqualTo(ChannelConfig.Security.STARTTLS);
        assertThat(plain.login()).isEmpty();
        assertThat(plain.timeouts()).isEqualTo(ChannelConfig.Timeouts.STANDARD);
        ChannelConfig.Smtp full = Reading.channel(config, "b", ChannelConfig.Smtp.class);
        assertThat(full.port()).isEqualTo(2525);
        assertThat(full.envelope()).isEqualTo(new ChannelConfig.Envelope("a@b", List.of("c@d")));
        assertThat(full.timeouts()).isEqualTo(new ChannelConfig.Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        assertThat(Reading.channel(config, "c", ChannelConfig.Smtp.class).port())
                .isEqualTo(465);
        assertThat(Reading.channel(config, "d", ChannelConfig.Webhook.class).headers())
                .containsEntry("X-A", Secret.of("b"));
        assertThat(Reading.channel(config, "e", ChannelConfig.Log.class).level())
                .isEqualTo(System.Logger.Level.ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "'http: 127.0.0.2:99', 127.0.0.2, 99",
        "'http: :99', 127.0.0.1, 99",
        "'http: 99', 127.0.0.1, 99",
        "'http: \"[::1]:99\"', ::1, 99",
        "'http: {host: 0.0.0.0}', 0.0.0.0, 8420",
    })
    void anAddressMayBeWrittenShort(String yaml, String host, int port) {
        HttpConfig http = reading.read(yaml).http();
        assertThat(http.host()).isEqualTo(host);
        assertThat(http.port()).isEqualTo(port);
    }

    @Test
    void wordsOfOtherYamlVersionsAreJustWords() {
        assertThat(
                        flow("allow: 1 per 1h\ndigest: off\nvariants: [{name: v, allow: 1 per 1h, when: {a: no, b: on, c: 010}}]")
                                .variants()
                                .get(0)
                                .when())
                .containsExactly(Map.entry("a", "no"), Map.entry("b", "on"), Map.entry("c", "010"));
    }

    @Test
    void memoryIsAStore() {
        assertThat(reading.read("store: memory").store()).isEqualTo(new StoreUrl.Memory());
        assertThat(reading.read("store: 'memory:'").store()).isEqualTo(new StoreUrl.Memory());
    }

    private FlowConfig flow(String yaml) {
        return reading.read("flows:\n  f:\n" + yaml.indent(4)).flow("f").orElseThrow();
    }
}
