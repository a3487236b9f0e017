package dev.sluice.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.HostileText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice check}, and what all commands have in common. */
class CheckCommandTest {
    @TempDir
    Path directory;

    @Test
    void withoutAFileTheDefaultsAreShown() {
        Called called = Called.in(directory, Map.of(), "check");
        assertThat(called.code()).isZero();
        assertThat(called.err()).isEmpty();
        assertThat(called.out().replace('\\', '/')).isEqualToNormalizingNewlines("""
                        Read no file, so the defaults; no mistakes.

                        store     sqlite:data/sluice.db
                        http      127.0.0.1:8420
                        operator  10 per 1h to inbox

                        CHANNEL  TYPE   WHERE
                        inbox    inbox  the console

                        FLOW        ALLOWS                  SUBJECT                                CHANNELS  HELD ONES
                        errors      5 per 1h, summary at 3  processor / error_type / message[100]  inbox     at-close
                          backfill  once per 1h             backfill is true
                        """);
    }

    @Test
    void aFileInTheDirectoryIsFoundAndAnOptionGoesBeforeIt() throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), "http: 1111");
        Path other = Files.writeString(directory.resolve("other.yaml"), "http: 2222");
        assertThat(Called.in(directory, Map.of(), "check").out()).contains("127.0.0.1:1111");
        assertThat(Called.in(directory, Map.of("SLUICE_CONFIG", other.toString()), "check")
                        .out())
                .contains("127.0.0.1:2222");
        Called options = Called.in(
                directory,
                Map.of("SLUICE_CONFIG", "none"),
                "check",
                "--config",
                other.toString(),
                "--http",
                "3333",
                "--data",
                "d");
        assertThat(options.out()).contains("127.0.0.1:3333", "sqlite:d");
    }

    @Test
    void budgetsAndWhoIsChargedAreShownAndAnUnusedOneIsWarnedOf() throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), """
                budgets: {all: {allow: 9 per 1h}, spare: {per: flow, allow: 8 per 1h}}
                flows:
                  errors: {allow: 5 per 1h, channels: [inbox], budgets: [all]}
                  quiet: {allow: 5 per 1h, channels: [inbox], limiting: off}
                """);
        Called called = Called.in(directory, Map.of(), "check");
        assertThat(called.out() + called.err())
                .contains(
                        "BUDGET  ALLOWS    PER",
                        "all     9 per 1h  everything",
                        "at-close, and by budget all",
                        "go out: limiting is off",
                        "budgets.spare: no flow is charged to it");
    }

    @Test
    void eachValueThatIsNoDefaultIsShownWithItsSource() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                http: {port: 1111, max-body: 2MiB}
                channels:
                  hook: {type: webhook, url: 'https://e.org/hunter2'}
                flows: {errors: {allow: 5 per 1h, channels: [hook]}}
                """);
        Map<String, String> environment = Map.of(
                "SLUICE_HTTP_MAX_BODY", "3MiB",
                "NOTIFICATION_RATE_LIMIT_PER_HOUR", "10",
                "NOTIFICATION_AGGREGATE_THRESHOLD", "11");
        Called called = Called.in(directory, environment, "check", "--http", "3333");
        assertThat(called.code()).isZero();
        assertThat(called.out().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains(
                        "VALUE | IS | FROM",
                        "http.port | 3333 | --http",
                        "http.max-body | 3MiB | SLUICE_HTTP_MAX_BODY",
                        "channels.hook.url | *** | " + file + ":3",
                        "flows.errors.allow | 10 per 1h | NOTIFICATION_RATE_LIMIT_PER_HOUR",
                        "flows.errors.channels | [hook] | " + file + ":4",
                        "Warning: NOTIFICATION_AGGREGATE_THRESHOLD: 11 is above the limit of 10, so no message is a"
                                + " summary; the digest tells what was held");
        assertThat(called.out()).doesNotContain("hunter2");
    }

    @Test
    void ofAStoreSchemeUserHostsAndPathAreShownAndTheSameWhereverItStands() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                store: redis://keys:hunter2@redis.example.org:6380/1
                database: postgresql://gate:hunter2@db.example.org/sluice?sslmode=verify-full
                """);
        Called called = Called.in(directory, Map.of(), "check");
        assertThat(called.code()).isZero();
        String store = "redis://keys@redis.example.org:6380/1";
        String database = "postgresql://gate@db.example.org/sluice";
        assertThat(called.out()).doesNotContain("***", "hunter2", "sslmode");
        assertThat(called.out().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains("store | " + store, "database | " + database)
                .contains("store | " + store + " | " + file + ":1", "database | " + database + " | " + file + ":2");
    }

    @Test
    void aMistakeDoesNothingToATerminal() throws IOException {
        Files.writeString(
                directory.resolve("sluice.yaml"),
                "flows: {errors: {allow: \"\\e[2J\\u202e\\0\\n\", \"\\e[31m\": 1, channels: [\"\\x9b31m\"]}}\n");
        Called called = Called.in(directory, Map.of("SLUICE_HTTP_PORT", "\u001b[2J"), "check");
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("\\u001b[2J", "mistakes");
        HostileText.assertHarmless(called.err());
    }

    @Test
    void allMistakesGoToTheErrorStreamAndTheExitCodeIsOne() throws IOException {
        Files.writeString(
                directory.resolve("sluice.yaml"),
                "channels:\n  m: {type: smtp, host: h, from: a@b, user: u, password: hunter2, prot: 1}\nflows: {f: {}}\n");
        Called called = Called.in(directory, Map.of(), "check");
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.out()).isEmpty();
        assertThat(called.err().lines())
                .hasSize(3)
                .first()
                .asString()
                .endsWith("sluice.yaml:2: channels.m.prot: is not known here; did you mean 'port'?");
        assertThat(called.err())
                .contains("sluice.yaml:3: flows.f.allow: is missing", "2 mistakes.")
                .doesNotContain("hunter2");
    }

    @Test
    void whatIsUnderstoodIsShownWithoutSecrets() throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), """
                channels:
                  mail: {type: smtp, host: mail.example.org, from: a@b, to: [c@d], user: u, password: hunter2}
                  hook: {type: webhook, url: 'https://example.org/hunter2', secret: hunter2, headers: {A: hunter2}}
                flows:
                  jobs: {allow: exclusive}
                  mails:
                    allow: 200 per 1h
                    claims: off
                    subject: {hash: [a, b]}
                    channels: [mail, hook]
                    variants: [{name: x, when: {a: 1}, allow: once per 1d}, {name: y, allow: 2 per 1d}]
                """);
        Called called = Called.in(directory, Map.of(), "check");
        assertThat(called.code()).isZero();
        assertThat(called.out().lines().map(line -> line.replaceAll(" {2,}", " | ")))
                .contains(
                        "mail | smtp | mail.example.org:587 (starttls) to c@d",
                        "hook | webhook | https://example.org/*** (signed)",
                        "jobs | exclusive | given by the caller | none: callers get a claim | off",
                        "mails | 200 per 1h, no claims | hash of a, b | mail, hook | at-close",
                        " | x | once per 1d, no claims | a is 1",
                        " | y | 2 per 1d, no claims | where the caller says so");
        assertThat(called.out()).doesNotContain("hunter2");
    }

    @Test
    void aWrongCommandLineHasAnExitCodeOfItsOwn() {
        assertThat(Called.in(directory, Map.of(), "check", "--confg", "x").code())
                .isEqualTo(2);
        assertThat(Called.in(directory, Map.of(), "chek").code()).isEqualTo(2);
        assertThat(Called.in(directory, Map.of(), "chek").err()).contains("check");
    }

    @Test
    void helpNamesCommandsExamplesAndExitCodes() {
        Called help = Called.in(directory, Map.of(), "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("serve", "check", "Exit codes:", "--version")
                .doesNotContain("\u001b[");
        assertThat(Called.in(directory, Map.of(), "serve", "--help").out())
                .contains("--config", "--data", "--http", "Examples:", "sluice serve --config");
        assertThat(Called.in(directory, Map.of()).out()).isEqualTo(help.out());
        assertThat(Called.in(directory, Map.of(), "--version").out()).startsWith("sluice ");
    }

    @Test
    void serveDoesNotStartWithAMistake() {
        Called called = Called.in(directory, Map.of("SLUICE_HTTP_PORT", "x"), "serve", "--data", directory.toString());
        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).startsWith("SLUICE_HTTP_PORT: http.port: 'x' is not a number");
        assertThat(directory).isEmptyDirectory();
    }
}
