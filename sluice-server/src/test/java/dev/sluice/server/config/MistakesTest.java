package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is told at once, with line and name, and with what to write instead. */
class MistakesTest {
    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void allMistakesOfAFileComeAtOnceAndInTheOrderOfTheirLines() {
        String yaml = """
                stor: sqlite:./x.db
                http: {port: 70000, host: 127.0.0.1}
                channels:
                  ops-mail:
                    type: smtp
                    host: mail.example.org
                    form: gate@example.org
                flows:
                  errors:
                    allow: five per hour
                    channels: [ops-mial]
                  jobs: {allow: exclusive, digest: at-close, on-outage: local}
                """;
        assertThat(reading.mistakes(yaml, Map.of("SLUICE_HTTP_PROT", "1")))
                .containsExactly(
                        "sluice.yaml:1: stor: is not known here; did you mean 'store'?",
                        "sluice.yaml:2: http.port: '70000' is not in 0 to 65535; write a number, 0 to 65535, for example 0",
                        "sluice.yaml:4: channels.ops-mail.from: is missing; write a mail address, for example ops@example.org",
                        "sluice.yaml:7: channels.ops-mail.form: is not known here; did you mean 'from'?",
                        "sluice.yaml:10: flows.errors.allow: 'five per hour' is no allowance; write 'N per 1h', 'once per 3h', 'once until reset' or 'exclusive'",
                        "sluice.yaml:11: flows.errors.channels: there is no channel 'ops-mial'; did you mean 'ops-mail'?",
                        "sluice.yaml:12: flows.jobs.digest: an exclusive rule has no window to tell; leave it out",
                        "sluice.yaml:12: flows.jobs.digest: 'at-close' has nowhere to go: the flow has no channels; add channels, or write with-next or off",
                        "sluice.yaml:12: flows.jobs.on-outage: 'local' could let two in at once; write closed: an exclusive rule admits nothing else",
                        "SLUICE_HTTP_PROT: stands for nothing; did you mean SLUICE_HTTP_PORT?");
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("single")
    void eachMistakeIsToldWithItsLine(String yaml, String mistake) {
        assertThat(reading.mistakes(yaml.replace('|', '\n'), Map.of()))
                .singleElement()
                .asString()
                .startsWith("sluice.yaml:" + mistake);
    }

    private static Stream<Arguments> single() {
        return Stream.of(
                // What is no configuration at all.
                wrong("- a|- b", "1: is a list, not a map"),
                wrong("nonsense", "1: is a single value, not a map"),
                wrong("http:|  port: 1|   host: x", "3: is not YAML: mapping values are not allowed here"),
                wrong("http: {port: 1}|---|http: {}", "3: a second document begins"),
                wrong("http: [1", "1: is not YAML: "),
                // Names.
                wrong("http:|  port: 1|  prot: 2", "3: http.prot: is not known here; did you mean 'port'?"),
                wrong("http:|  zzzzzz: 2", "2: http.zzzzzz: is not known here; known are host, port, max-body"),
                wrong("http:|  port: 1|  port: 2", "3: http.port: is here twice, first in line 2"),
                wrong("flows:|  A: {allow: 1 per 1h}", "2: flows: 'A' is no name"),
                wrong("flows:|  operator: {allow: 1 per 1h}", "2: flows.operator.allow: the name 'operator' belongs"),
                wrong(
                        "channels:|  l: {type: log, host: x}",
                        "2: channels.l.host: is not known here; known are type, level"),
                wrong(
                        "channels:|  l: {type: fax}",
                        "2: channels.l.type: 'fax' is not one of smtp, webhook, inbox, log"),
                wrong("channels:|  l: {}", "2: channels.l.type: is missing"),
                wrong("? [a]|: 1", "1: the name of a value is a list"),
                // Stores.
                wrong(
                        "database: sqlite:./x.db",
                        "1: database: is another one than the store, which holds the messages"),
                wrong(
                        "store: 'memory:'|database: sqlite:./x.db",
                        "2: database: is another one than the store, which forg"),
                wrong("store: redis://r|database: redis://r", "2: database: 'redis://r' cannot hold messages"),
                wrong(
                        "store: redis://r|database: 'memory:'",
                        "2: database: 'memory:' cannot hold messages; name SQLite"),
                wrong("store: postgresql:db", "1: store: 'postgresql:db' does not begin with postgresql://"),
                wrong(
                        "store: postgresql://db",
                        "1: store: 'postgresql://db' names no database; write postgresql://HOST/"),
                wrong("store: mariadb:///gate", "1: store: 'mariadb:///gate' names no host"),
                wrong("store: mariadb://a,b/gate", "1: store: 'mariadb://a,b/gate' names several hosts; write one"),
                wrong("store: redis://r/sluice", "1: store: 'redis://r/sluice' has a path that is no number"),
                wrong("store: redis://r#m", "1: store: 'redis://r#m' has something behind a '#'"),
                wrong(
                        "store: redis-sentinel://a,b",
                        "1: store: 'redis-sentinel://a,b' names no master; write its name"),
                wrong("store: postgresql://u:a/b@h/d", "1: store: 'postgresql://***@h/d' has a login with characters"),
                wrong(
                        "store: mariadb://h/d?password=x",
                        "1: store: 'mariadb://h/d?***' has a password behind its '?'; write it as 'sql.user'"),
                wrong("store: mariadb://u@h/d|sql: {user: u}", "2: sql.user: stands in the URL, too; keep one of them"),
                wrong("redis: {prefix: 'a{b}'}", "1: redis.prefix: 'a{b}' is not a prefix"),
                wrong("denial-cache: 5", "1: denial-cache: '5' is not in 100 to 10000000"),
                // Budgets and shadow.
                wrong("flows:|  budget: {allow: 1 per 1h}", "2: flows.budget.allow: the name 'budget' belongs"),
                wrong("budgets: {all: {allow: exclusive}}", "1: budgets.all.allow: has no window"),
                wrong("budgets: {all: {allow: once until reset}}", "1: budgets.all.allow: has no window"),
                wrong("budgets: {all: {}}", "1: budgets.all.allow: is missing"),
                wrong(
                        "budgets: {all: {allow: 5 per 1h, per: user}}",
                        "1: budgets.all.per: 'user' is not one of recipient, channel, flow, everything"),
                wrong(
                        "budgets: {all: {allow: 5 per 1h, digest: with-next}}",
                        "1: budgets.all.digest: 'with-next' is not one of at-close, off"),
                flow("budgets: [all]", "3: flows.f.budgets: there is no budget 'all'; name it below 'budgets'"),
                wrong(
                        "budgets: {all: {allow: 5 per 1h}}|flows:|  f: {allow: 1 per 1h, budgets: [al]}",
                        "3: flows.f.budgets: there is no budget 'al'; did you mean 'all'?"),
                wrong(
                        "budgets: {all: {allow: 5 per 1h}}|flows:|  f: {allow: 1 per 1h, budgets: [all, all]}",
                        "3: flows.f.budgets: the budget 'all' is here twice; leave one of them out"),
                wrong(
                        "budgets: {to: {per: recipient, allow: 5 per 1h}}|flows:|  f: {allow: 1 per 1h, budgets: [to]}",
                        "3: flows.f.budgets: the budget 'to' is per recipient, and a flow without channels"),
                wrong(
                        "flows:|  f: {allow: exclusive, limiting: off}",
                        "2: flows.f.limiting: 'off' would let two in at once"),
                // Types.
                wrong("http: {port: [1]}", "1: http.port: is a list, not a number, 0 to 65535"),
                wrong("http: {port: }", "1: http.port: is empty, not a number"),
                wrong("http: 127.0.0.1:http", "1: http: is a single value, not a map"),
                wrong(
                        "operator: {channels: inbox}",
                        "1: operator.channels: 'inbox' is a single value, not a list of channels"),
                wrong("operator: {channels: []}", "1: operator.channels: has too few entries"),
                wrong("operator: {allow: exclusive}", "1: operator.allow: has no window"),
                wrong("http: {max-body: 1GiB}", "1: http.max-body: '1GiB' is not a size, 1KiB to 256MiB"),
                wrong(
                        "http: {public-url: ftp://x}",
                        "1: http.public-url: 'ftp://x' is not a http:// or https:// address"),
                wrong("outbox: {tick: 5}", "1: outbox.tick: '5' is not a length of time; write for example"),
                wrong("outbox: {tick: 5m}", "1: outbox.tick: '5m' is not a length of time, 10ms to 1m"),
                wrong(
                        "store: 'sqlite::memory:'",
                        "1: store: 'sqlite::memory:' is not a store; write a store: sqlite:PATH, memory:, "),
                wrong("store: mysql:x", "1: store: 'mysql:x' is not a store"),
                flow("on-reset: {after: 1s, then: x}", "3: flows.f.on-reset: is not rearm, ignore or {after: D}"),
                flow("variants: {name: x}", "3: flows.f.variants: is a map, not a list of maps"),
                flow("variants: [x]", "3: flows.f.variants[0]: is a single value, not a map"),
                flow(
                        "on-failure: {retry: {jitter: 120%}}",
                        "3: flows.f.on-failure.retry.jitter: '120%' is not a share"),
                flow(
                        "on-failure: {retry: {factor: .5}}",
                        "3: flows.f.on-failure.retry.factor: '.5' is not a number, 1 to 100"),
                flow("on-failure: {then: delete}", "3: flows.f.on-failure.then: 'delete' is not one of dead-letter"),
                // Contradictions.
                wrong("flows: {}", "1: flows: there is no flow"),
                wrong("flows: {f: {}}", "1: flows.f.allow: is missing"),
                wrong("flows: {f: {allow: 0 per 1h}}", "1: flows.f.allow: '0 per 1h' allows nothing"),
                wrong(
                        "flows: {f: {allow: 9999999999 per 1h}}",
                        "1: flows.f.allow: '9999999999 per 1h' allows more than can be counted; the most is 999999999"),
                wrong("flows: {f: {allow: once per 0s}}", "1: flows.f.allow: 'once per 0s' has no window"),
                wrong("flows: {f: {allow: 65 per 1h}}", "1: flows.f.allow: allows more than 64; add 'claims: off'"),
                wrong("flows: {f: {allow: exclusive, claims: off}}", "1: flows.f.claims: 'off' leaves nothing"),
                wrong("flows: {f: {allow: exclusive, on-outage: open}}", "1: flows.f.on-outage: 'open' could let two"),
                wrong(
                        "flows: {f: {allow: 5 per 1h, remind: 1d}}",
                        "1: flows.f.remind: needs 'allow: once until reset'"),
                flow("digest: at-close", "3: flows.f.digest: 'at-close' has nowhere to go"),
                flow("variants: [{name: v, allow: 99 per 1h}]", "3: flows.f.variants[0].allow: allows more than 64"),
                flow(
                        "variants: [{name: v, allow: 1 per 1h}, {name: v, allow: 2 per 1h}]",
                        "3: flows.f.variants[1].name: there is a variant 'v' already"),
                flow("subject: {}", "3: flows.f.subject: says nothing"),
                flow("subject: {hash: [a], fields: [b]}", "3: flows.f.subject.hash: stands beside fields"),
                flow("on-failure: {retry: {first: 1h}}", "3: flows.f.on-failure.retry.max: is shorter than first (1h)"),
                flow(
                        "on-failure: {give-up: 1m}",
                        "3: flows.f.on-failure.give-up: is not longer than one attempt (outbox.attempt-lease, 1m)"),
                wrong(
                        "channels:|  h:|    type: webhook|    url: http://x/|    timeout: 1m",
                        "5: channels.h.timeout: is not shorter than outbox.attempt-lease (1m)"),
                wrong(
                        "channels:|  m: {type: smtp, host: h, from: a@b, user: u}",
                        "2: channels.m.user: stands alone: there is no password"),
                wrong(
                        "channels:|  m: {type: smtp, host: h, from: a@b, user: u, password: p, security: none}",
                        "2: channels.m.security: 'none' would send the password in the clear"),
                // The environment inside values.
                wrong("http:|  host: ${NO_SUCH_HOST}", "2: http.host: the environment has no variable NO_SUCH_HOST"),
                wrong("http:|  host: ${1}", "2: http.host: '${' begins no ${NAME}"));
    }

    private static Arguments wrong(String yaml, String mistake) {
        return Arguments.of(yaml, mistake);
    }

    private static Arguments flow(String line, String mistake) {
        return Arguments.of("flows:|  f: {allow: 5 per 1h,|    " + line + "}", mistake);
    }

    @Test
    void aValueThatContainsItselfIsAMistakeAndNotAnEndlessLoop() {
        List<String> mistakes = reading.mistakes("flows: &a {b: *a}\n", Map.of());
        assertThat(mistakes).anySatisfy(each -> assertThat(each).contains("flows.b: contains itself"));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        ConfigReader reader = new ConfigReader(
                java.util.Optional.of(directory.resolve("none.yaml")),
                Map.of(),
                java.util.Optional.empty(),
                java.util.Optional.empty());
        assertThat(org.assertj.core.api.Assertions.catchThrowable(reader::read))
                .hasMessageContaining("none.yaml: there is no such file");
    }

    @Test
    void theWordsOfAMistakeSayWhatToWrite() {
        Arrays.asList("http: {port: x}", "store: x", "outbox: {workers: 0}")
                .forEach(yaml -> assertThat(reading.mistakes(yaml, Map.of()))
                        .singleElement()
                        .asString()
                        .contains("; write ")
                        .contains(", for example "));
    }
}
