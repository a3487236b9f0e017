package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Digest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An option goes before the environment, that before the file, and that before the default. */
class EnvironmentTest {
    private static final String FILE = """
            store: sqlite:/from/the/file.db
            http: {host: 127.0.0.2, port: 1111}
            channels:
              ops-mail: {type: smtp, host: mail.example.org, from: gate@example.org, to: [ops@example.org]}
            flows:
              errors: {allow: 5 per 1h, channels: [ops-mail]}
              margin.call: {allow: once per 3h}
            """;

    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void everyLevelGoesBeforeTheOneBelow() throws ConfigException {
        Map<String, String> environment = Map.of("SLUICE_HTTP_PORT", "2222", "SLUICE_STORE", "sqlite:/from/env.db");
        ServerConfig standard = ServerConfig.standard(Path.of("data"));
        ServerConfig file = reading.read(FILE);
        ServerConfig variables = reading.read(FILE, environment);
        ServerConfig options = new ConfigReader(
                        Optional.of(directory.resolve("sluice.yaml")),
                        environment,
                        Optional.of(Path.of("elsewhere")),
                        Optional.of("3333"))
                .read();
        assertThat(standard.http().port()).isEqualTo(8420);
        assertThat(file.http().port()).isEqualTo(1111);
        assertThat(variables.http().port()).isEqualTo(2222);
        assertThat(options.http().port()).isEqualTo(3333);
        assertThat(options.http().host()).isEqualTo("127.0.0.2");
        assertThat(standard.store()).hasToString("sqlite:data/sluice.db");
        assertThat(file.store()).hasToString("sqlite:/from/the/file.db");
        assertThat(variables.store()).hasToString("sqlite:/from/env.db");
        assertThat(options.store()).hasToString("sqlite:elsewhere/sluice.db");
    }

    @Test
    void everyValueCanComeFromTheEnvironment() {
        ServerConfig config = reading.read(
                FILE,
                Map.of(
                        "SLUICE_FLOWS_ERRORS_ALLOW", "7 per 2h",
                        "SLUICE_FLOWS_MARGIN_CALL_ON_FAILURE_RETRY_ATTEMPTS", "3",
                        "SLUICE_CHANNELS_OPS_MAIL_PASSWORD", "geheim",
                        "SLUICE_CHANNELS_OPS_MAIL_USER", "gate",
                        "SLUICE_CHANNELS_OPS_MAIL_TO", "a@example.org, b@example.org",
                        "SLUICE_FLOWS_ERRORS_VARIANTS",
                                "[{name: critical, when: {severity: critical}, allow: 9 per 1h}]",
                        "SLUICE_FLOWS_ERRORS_ON_RESET", "{after: 5s}",
                        "SLUICE_HTTP", "[::1]:99",
                        "SLUICE_OUTBOX_WORKERS", ""));
        FlowConfig errors = config.flow("errors").orElseThrow();
        assertThat(errors.rule("").allowance()).isEqualTo("7 per 2h");
        assertThat(errors.rule("critical").allowance()).isEqualTo("9 per 1h");
        assertThat(errors.rule("").onReset()).hasToString("After[dwell=PT5S]");
        assertThat(config.flow("margin.call").orElseThrow().plan().onFailure().attempts())
                .isEqualTo(3);
        ChannelConfig.Smtp mail = Reading.channel(config, "ops-mail", ChannelConfig.Smtp.class);
        assertThat(mail.login().orElseThrow().password().reveal()).isEqualTo("geheim");
        assertThat(mail.envelope().to()).containsExactly("a@example.org", "b@example.org");
        assertThat(config.http().host()).isEqualTo("::1");
        assertThat(config.http().port()).isEqualTo(99);
        assertThat(config.outbox().workers()).isEqualTo(4);
    }

    @Test
    void aWholeMapCanComeFromTheEnvironmentAndAnInnerVariableChangesIt() {
        ServerConfig config = reading.read(
                "",
                Map.of(
                        "SLUICE_CHANNELS", "{hook: {type: webhook, url: 'https://example.org/x'}}",
                        "SLUICE_CHANNELS_HOOK_TIMEOUT", "7s",
                        "SLUICE_FLOWS_ERRORS_DIGEST", "off"));
        ChannelConfig.Webhook hook = Reading.channel(config, "hook", ChannelConfig.Webhook.class);
        assertThat(hook.timeouts().whole()).hasSeconds(7);
        assertThat(config.flow("errors").orElseThrow().rule("").digest()).isEqualTo(Digest.OFF);
    }

    @Test
    void aVariableThatStandsForNothingIsAMistake() {
        assertThat(reading.mistakes(
                        FILE,
                        Map.of(
                                "SLUICE_FLOWS_ERORS_ALLOW", "1 per 1h",
                                "SLUICE_ZZZZZZZZ", "1",
                                "SLUICE_JAVA_OPTS", "-Xmx1g",
                                "SLUICE_CONFIG", "x.yaml",
                                "OTHER", "1")))
                .containsExactly(
                        "SLUICE_FLOWS_ERORS_ALLOW: stands for nothing; did you mean SLUICE_FLOWS_ERRORS_ALLOW?",
                        "SLUICE_ZZZZZZZZ: stands for nothing; write SLUICE_ and the path of a value; flows and channels must be named in the file first");
    }

    @Test
    void whatKubernetesAndDockerBringInForAServiceOfThisNameIsPassedOver() {
        Map<String, String> links = Map.ofEntries(
                Map.entry("SLUICE_SERVICE_HOST", "10.0.0.7"),
                Map.entry("SLUICE_SERVICE_PORT", "8420"),
                Map.entry("SLUICE_SERVICE_PORT_HTTP", "8420"),
                Map.entry("SLUICE_PORT", "tcp://10.0.0.7:8420"),
                Map.entry("SLUICE_PORT_8420_TCP", "tcp://10.0.0.7:8420"),
                Map.entry("SLUICE_PORT_8420_TCP_PROTO", "tcp"),
                Map.entry("SLUICE_PORT_8420_TCP_PORT", "8420"),
                Map.entry("SLUICE_PORT_8420_TCP_ADDR", "10.0.0.7"),
                Map.entry("SLUICE_MAIN_SERVICE_HOST", "10.0.0.8"));
        assertThat(reading.read(FILE, links).http().port()).isEqualTo(1111);
    }

    @Test
    void aPortThatSomebodyMeantIsNotPassedOver() {
        assertThat(reading.mistakes(FILE, Map.of("SLUICE_PORT", "9000")))
                .singleElement()
                .asString()
                .startsWith("SLUICE_PORT: stands for nothing");
    }

    @Test
    void aWrongValueIsToldByTheNameOfItsVariable() {
        assertThat(reading.mistakes(FILE, Map.of("SLUICE_HTTP_PORT", "http")))
                .containsExactly(
                        "SLUICE_HTTP_PORT: http.port: 'http' is not a number, 0 to 65535; write a number, 0 to 65535, for example 0");
    }

    @Test
    void aVariableThatMayStandForTwoFlowsIsAMistake() {
        assertThat(reading.mistakes(
                        "flows: {a-b: {allow: 1 per 1h}, a_b: {allow: 1 per 1h}}",
                        Map.of("SLUICE_FLOWS_A_B_ALLOW", "2 per 1h")))
                .containsExactly("SLUICE_FLOWS_A_B_ALLOW: may stand for flows.a-b.allow and for flows.a_b.allow;"
                        + " rename one of them, or set the value in the file");
    }

    @Test
    void theFileIsFilledFromTheEnvironment() {
        ServerConfig config = reading.read(
                "http: {host: '${H}', public-url: 'http://${H}:${P}/$${x}'}".replace("/$${x}", "/"),
                Map.of("H", "127.0.0.3", "P", "80"));
        assertThat(config.http().host()).isEqualTo("127.0.0.3");
        assertThat(config.http().publicUrl()).hasToString("Optional[http://127.0.0.3:80/]");
        ServerConfig literal = reading.read(
                "flows: {f: {allow: 1 per 1h, variants: [{name: v, allow: 1 per 1h, when: {a: '$${x}'}}]}}", Map.of());
        assertThat(literal.flow("f").orElseThrow().variants().get(0).when()).containsEntry("a", "${x}");
    }

    @Test
    void anHttpOptionThatIsNoAddressIsAMistake() {
        ConfigReader reader =
                new ConfigReader(Optional.empty(), Map.of(), Optional.empty(), Optional.of("127.0.0.1:http"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(reader::read))
                .hasMessageStartingWith("--http: http: ");
    }
}
