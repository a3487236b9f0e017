package dev.sluice.server.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.server.takeover.Taking.Called;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: the tables and keys of other systems, the command, a server; nobody is told again inside the window. */
@Timeout(180)
class ImportCommandTest {
    private static final String CARTS = "select user_id || '_' || cart_hash as subject, created_at as told_at,"
            + " email_sent as state from cart_abandonment_log order by id";

    @TempDir
    private Path directory = Path.of("");

    private static void execute(String url, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private String sqlite(String... statements) throws Exception {
        String url = "jdbc:sqlite:" + directory.resolve("shop.db");
        execute(url, statements);
        return url;
    }

    @Test
    @DisplayName("carts that were told are not told again before 24 hours are over; without --apply nothing changes")
    void takesOverTheCarts() throws Exception {
        String url = MariaDbServer.shared().fresh().jdbcUrl();
        execute(
                url,
                "create table cart_abandonment_log (id int auto_increment primary key, user_id int, cart_hash"
                        + " varchar(64), email_sent boolean default 0, created_at datetime)",
                "insert into cart_abandonment_log (user_id, cart_hash, email_sent, created_at) values"
                        + " (1, 'told', 1, '2026-01-13 12:00:00'), (2, 'over', 1, '2026-01-13 09:00:00'),"
                        + " (3, 'in-hand', 0, '2026-01-14 08:59:00'), (4, 'stuck', 0, '2026-01-14 08:57:00')");
        String query = CARTS.replace("user_id || '_' || cart_hash", "concat(user_id, '_', cart_hash)");
        String[] arguments = {"--jdbc", url, "--query", query, "--zone", "UTC", "--told", "1", "--pending", "0"};
        try (Taking taking = Taking.over(directory)) {
            Called trial = taking.run("abandoned-cart", arguments);
            assertThat(trial.err()).isEmpty();
            assertThat(trial.counts()).isEqualTo("told, and not over 1\nin hand 1\nover 2");
            assertThat(trial.out())
                    .contains(
                            "1_told, told, until 2026-01-14T12:00:00Z",
                            "3_in-hand, in hand, until 2026-01-14T09:01:00Z")
                    .endsWith("Nothing was changed. Run it again with --apply to take this over.\n");
            assertThat(taking.get("v1/ledger?kind=import").path("entries")).isEmpty();

            String[] apply = java.util.Arrays.copyOf(arguments, arguments.length + 1);
            apply[arguments.length] = "--apply";
            assertThat(taking.run("abandoned-cart", apply).counts()).isEqualTo(trial.counts());
            assertThat(taking.run("abandoned-cart", apply).counts())
                    .as("again, it changes nothing")
                    .isEqualTo("held already 2\nover 2");

            assertThat(taking.get("v1/flows/abandoned-cart/subjects").path("subjects"))
                    .as("what is over becomes no key")
                    .hasSize(2);
            assertThat(taking.decided("abandoned-cart", "1_told")).isEqualTo("suppress");
            assertThat(taking.decided("abandoned-cart", "2_over")).isEqualTo("pass");
            assertThat(taking.decided("abandoned-cart", "3_in-hand")).isEqualTo("suppress");
            assertThat(taking.decided("abandoned-cart", "4_stuck")).isEqualTo("pass");
            taking.after(Duration.ofMinutes(1));
            assertThat(taking.decided("abandoned-cart", "3_in-hand"))
                    .as("its lease is over")
                    .isEqualTo("pass");
            taking.after(Duration.ofHours(3).minusMillis(1));
            assertThat(taking.decided("abandoned-cart", "1_told")).isEqualTo("suppress");
            taking.after(Duration.ofHours(3));
            assertThat(taking.decided("abandoned-cart", "1_told"))
                    .as("exactly 24 hours")
                    .isEqualTo("pass");

            JsonNode entries =
                    taking.get("v1/ledger?kind=import&flow=abandoned-cart").path("entries");
            assertThat(entries).hasSize(2);
            assertThat(taking.get("v1/flows")
                            .path("flows")
                            .get(0)
                            .path("unaccounted")
                            .asLong())
                    .isZero();
        }
    }

    @Test
    @DisplayName(
            "margins that were told of are not told of again: notified_at without a zone, subjects out of two columns")
    void takesOverTheStateOfMargins() throws Exception {
        String url = PostgresServer.shared().fresh().jdbcUrl();
        execute(
                url,
                "create table margin_error_state (exchange_name varchar(50), symbol varchar(50), strategy_run_id uuid,"
                        + " notified_at timestamp, last_checked_at timestamp,"
                        + " primary key (exchange_name, symbol, strategy_run_id))",
                "insert into margin_error_state values"
                        + " ('kraken', 'BTCUSDT', '00000000-0000-0000-0000-000000000001', '2026-01-14 09:30:00', null),"
                        + " ('kraken', 'BTCUSDT', '00000000-0000-0000-0000-000000000002', '2026-01-14 09:10:00', null),"
                        + " ('lighter', 'ETH', '00000000-0000-0000-0000-000000000001', null, null)");
        String query = "select exchange_name || '/' || symbol as subject, notified_at as time from margin_error_state"
                + " order by notified_at";
        try (Taking taking = Taking.over(directory)) {
            Called refused = taking.run("margin-shortfall", "--jdbc", url, "--query", query, "--zone", "CET");
            assertThat(refused.err()).contains("variant must be a zone that tells: short");

            Called without = taking.run("margin-shortfall", "--variant", "short", "--jdbc", url, "--query", query);
            assertThat(without.counts()).isEqualTo("not understood 3");
            assertThat(without.err()).contains("row 1: ", "has no time zone; say --zone", "row 3: it has no time");

            Called applied = taking.run(
                    "margin-shortfall",
                    "--variant",
                    "short",
                    "--jdbc",
                    url,
                    "--query",
                    query,
                    "--zone",
                    "CET",
                    "--apply");
            assertThat(applied.counts())
                    .as("of two runs, the later counts")
                    .isEqualTo("told, and not over 2\nnot understood 1");
            String values = "\"available\":50,\"required\":100";
            taking.after(Duration.ofMinutes(30).minusMillis(1));
            assertThat(taking.decided("margin-shortfall", "kraken/BTCUSDT", values))
                    .isEqualTo("suppress");
            taking.after(Duration.ofMinutes(30));
            assertThat(taking.decided("margin-shortfall", "kraken/BTCUSDT", values))
                    .isEqualTo("pass");
        }
    }

    @Test
    @DisplayName(
            "notifications with a zone: sent ones are held, failed ones are skipped, others are named by their row")
    void takesOverTheNotifications() throws Exception {
        String url = PostgresServer.shared().fresh().jdbcUrl();
        execute(
                url,
                "create table strategy_notifications (id serial primary key, symbol text, status text, sent_at timestamptz)",
                "insert into strategy_notifications (symbol, status, sent_at) values"
                        + " ('BTC', 'Sent', '2026-01-14 09:30:00+01'), ('ETH', 'failed', '2026-01-14 08:30:00+00'),"
                        + " ('SOL', 'odd', '2026-01-14 08:30:00+00'), (null, 'sent', '2026-01-14 08:30:00+00'),"
                        + " ('ADA', 'sent', '2026-01-14 19:30:00+00'), (' ', 'sent', '2026-01-14 08:30:00+00'),"
                        + " ('XRP', 'delivered', '2026-01-14 08:45:00+00')");
        try (Taking taking = Taking.over(directory)) {
            Called applied = taking.run(
                    "run-notices",
                    "--jdbc",
                    url,
                    "--query",
                    "select symbol as subject, sent_at as told_at, status as state from strategy_notifications order by id",
                    "--told",
                    "sent,delivered",
                    "--skip",
                    "failed",
                    "--apply");

            assertThat(applied.code()).isZero();
            assertThat(applied.counts()).isEqualTo("told, and not over 2\nskipped 1\nnot understood 4");
            assertThat(applied.err().lines())
                    .hasSize(4)
                    .anySatisfy(line -> assertThat(line).startsWith("row 3: its state 'odd' is named by none of"))
                    .anySatisfy(line -> assertThat(line).isEqualTo("row 4: its subject is null"))
                    .anySatisfy(line -> assertThat(line).startsWith("row 5: toldAt is still to come"))
                    .anySatisfy(line -> assertThat(line).isEqualTo("row 6: subject must not be blank"));
            assertThat(taking.decided("run-notices", "BTC")).isEqualTo("suppress");
            assertThat(taking.decided("run-notices", "ETH")).isEqualTo("pass");
            taking.after(Duration.ofMinutes(30));
            assertThat(taking.decided("run-notices", "BTC")).isEqualTo("pass");
        }
    }

    @Test
    @DisplayName(
            "mails that were processed stay so: times as text, seconds, milliseconds, in a SQLite that is only read")
    void takesOverTheProcessedMails() throws Exception {
        String url = sqlite(
                "create table processed_gmail_messages (message_id text, processed_at)",
                "insert into processed_gmail_messages values ('text', '2026-01-14T08:00:00+00:00'),"
                        + " ('local', '2026-01-14 08:00:00.25'), ('seconds', 1768377600), ('millis', 1768377600123),"
                        + " ('float', 1768377600.5), ('never', 'yesterday'), ('blob', x'00')");
        String query = "select message_id as subject, processed_at as told_at from processed_gmail_messages";
        try (Taking taking = Taking.over(directory)) {
            Called applied = taking.run("gmail", "--jdbc", url, "--query", query, "--zone", "UTC", "--apply");

            assertThat(applied.counts()).isEqualTo("told, and not over 5\nnot understood 2");
            assertThat(applied.err()).contains("row 6: 'yesterday' is no time", "row 7: ");
            for (String subject : List.of("text", "local", "seconds", "millis", "float")) {
                assertThat(taking.decided("gmail", subject)).as(subject).isEqualTo("suppress");
            }
            assertThat(taking.decided("gmail", "never")).isEqualTo("pass");
        }
    }

    @Test
    @DisplayName("keys of a Redis: what is left of them is left of the window; those without expiry are only listed")
    void takesOverTheKeysOfARedis() throws Exception {
        try (RedisServer redis = RedisServer.start();
                Taking taking = Taking.over(directory)) {
            redis.ask("SET", "autocutoff:alert_sent:live:42", "1", "EX", "10800");
            redis.ask("SET", "autocutoff:alert_sent:live:7", "1");
            redis.ask("SET", "autocutoff:liquidating:live:42", "1");
            redis.ask("SET", "margin_error:kraken:BTCUSDT", "1", "EX", "1800");
            String[] alerts = {
                "--variant", "alert", "--redis", redis.url(), "--match", "autocutoff:alert_sent:*", "--apply"
            };
            String[] shortfalls = {
                "--variant",
                "short",
                "--redis",
                redis.url(),
                "--match",
                "margin_error:*",
                "--subject",
                "margin_error:<exchange>:<symbol>",
                "--apply"
            };

            Called told = taking.run("margin-call", alerts);
            assertThat(told.err()).isEmpty();
            assertThat(told.counts()).isEqualTo("told, and not over 1\nwithout expiry 1");
            assertThat(told.out())
                    .contains("Without expiry:", "  autocutoff:alert_sent:live:7", "  live:42, told, until");
            assertThat(taking.run("margin-call", alerts).counts())
                    .as("again, it changes nothing")
                    .isEqualTo("held already 1\nwithout expiry 1");
            assertThat(taking.run("margin-shortfall", shortfalls).counts()).isEqualTo("told, and not over 1");
            Called listed = taking.run(
                    "margin-call",
                    "--variant",
                    "act",
                    "--redis",
                    redis.url(),
                    "--match",
                    "autocutoff:liquidating:*",
                    "--apply");
            assertThat(listed.counts()).isEqualTo("without expiry 1");

            assertThat(taking.decided("margin-call", "live:42", "\"margin_level\":80"))
                    .isEqualTo("suppress");
            assertThat(taking.decided("margin-call", "live:42", "\"margin_level\":40"))
                    .as("a worse zone is another key")
                    .isEqualTo("pass");
            String values = "\"available\":50,\"required\":100";
            assertThat(taking.decided("margin-shortfall", "kraken:BTCUSDT", values))
                    .isEqualTo("suppress");
            taking.after(Duration.ofMinutes(30));
            assertThat(taking.decided("margin-shortfall", "kraken:BTCUSDT", values))
                    .isEqualTo("pass");
            taking.after(Duration.ofMinutes(175));
            assertThat(taking.decided("margin-call", "live:42", "\"margin_level\":80"))
                    .isEqualTo("suppress");
            taking.after(Duration.ofHours(3));
            assertThat(taking.decided("margin-call", "live:42", "\"margin_level\":80"))
                    .isEqualTo("pass");
        }
    }

    @Test
    @DisplayName("keys in a Redis of the server's own are taken over like any others")
    void takesOverIntoKeysBesideTheDatabase() throws Exception {
        Instant now = Instant.now();
        String url = sqlite(
                "create table cart_abandonment_log (id integer primary key, user_id, cart_hash, email_sent, created_at)",
                "insert into cart_abandonment_log values (1, 1, 'told', 1, "
                        + now.minusSeconds(3_600).toEpochMilli() + "), (2, 2, 'in-hand', 0, " + now.toEpochMilli()
                        + ")");
        String[] arguments = {"--jdbc", url, "--query", CARTS, "--told", "true", "--pending", "false", "--apply"};
        try (RedisServer redis = RedisServer.start();
                Taking taking = Taking.overKeysIn(directory, redis.url())) {
            assertThat(taking.run("abandoned-cart", arguments).counts()).isEqualTo("told, and not over 1\nin hand 1");
            assertThat(taking.run("abandoned-cart", arguments).counts()).isEqualTo("held already 2");
            assertThat(taking.decided("abandoned-cart", "1_told")).isEqualTo("suppress");
            assertThat(taking.decided("abandoned-cart", "2_in-hand")).isEqualTo("suppress");
        }
    }

    @Test
    @DisplayName("killed half-way and run again, the result is that of one run")
    void isRunAgainAfterAKill() throws Exception {
        int rows = 20_000;
        String url = sqlite(
                "create table cart_abandonment_log (id integer primary key, user_id, cart_hash, email_sent, created_at)",
                "insert into cart_abandonment_log with recursive n(i) as (select 1 union all select i + 1 from n where i < "
                        + rows + ") select i, i, 'told', 1, 1768377600 + i % 3600 from n");
        try (Taking taking = Taking.over(directory)) {
            String[] arguments = {"--jdbc", url, "--query", CARTS, "--told", "1", "--apply"};
            List<String> command = new java.util.ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.sluice.server.Main",
                    "import",
                    "--flow",
                    "abandoned-cart",
                    "--server",
                    taking.address().toString()));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("import.log").toFile())
                    .start();
            try {
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> !taking.get("v1/ledger?kind=import&limit=1")
                                .path("entries")
                                .isEmpty());
            } finally {
                process.destroyForcibly().waitFor();
            }

            Called again = taking.run("abandoned-cart", arguments);
            assertThat(again.code()).isZero();
            assertThat(again.counts())
                    .as("some were taken over before")
                    .contains("told, and not over ", "held already ");
            assertThat(taking.run("abandoned-cart", arguments).counts()).isEqualTo("held already 20,000");
            taking.after(Duration.ofHours(23));
            assertThat(taking.decided("abandoned-cart", "20000_told")).isEqualTo("suppress");
        }
    }

    @Test
    void allMistakesOfTheOptionsAreToldAtOnce() {
        Called wrong = Taking.call(
                Map.of(),
                "import",
                "--flow",
                "no flow",
                "--server",
                "localhost:1",
                "--jdbc",
                "jdbc:mysql://h/d",
                "--match",
                "x",
                "--zone",
                "Mars/Base",
                "--told",
                "a,true",
                "--skip",
                "A,1");

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err().lines())
                .containsExactly(
                        "--flow: 'no flow' cannot name a flow",
                        "--server must be an address such as http://127.0.0.1:8420",
                        "--jdbc needs --query, as in --query \"select subject, told_at from ...\"",
                        "--jdbc must begin with jdbc:sqlite:, jdbc:postgresql: or jdbc:mariadb:; try jdbc:mariadb: for MySQL",
                        "--match is about --redis",
                        "--zone: Unknown time-zone ID: Mars/Base",
                        "--match: has not one asterisk alone; say by --subject what the subject is, as in 'sent:<subject>'",
                        "the state 'a' cannot mean two things",
                        "the state '1' cannot mean two things",
                        "See 'sluice import --help'.");
    }

    @Test
    void whatTheQueryDoesNotGiveIsToldAtOnceAndNoDatabaseIsMade() throws Exception {
        String url = sqlite("create table t (a)");
        try (Taking taking = Taking.over(directory)) {
            Called wrong = taking.run("gmail", "--jdbc", url, "--query", "select a, a as state from t");
            assertThat(wrong.code()).isEqualTo(1);
            assertThat(wrong.err())
                    .contains(
                            "gives a column 'a'",
                            "it gives no column 'subject'; it gives neither 'told_at' nor 'ends_at'",
                            "it gives a state; say what states mean");
            Called absent =
                    taking.run("gmail", "--jdbc", "jdbc:sqlite:" + directory.resolve("none.db"), "--query", "select 1");
            assertThat(absent.code()).isEqualTo(1);
            assertThat(directory.resolve("none.db")).doesNotExist();
            Called written = taking.run("gmail", "--jdbc", url, "--query", "delete from t");
            assertThat(written.code()).isEqualTo(1);
        }
    }

    @Test
    void aPasswordIsNeverShown() throws Exception {
        try (Taking taking = Taking.over(directory)) {
            String secret = "hush-hush-42";
            Map<String, String> environment = Map.of("SLUICE_IMPORT_USER", "nobody", "SLUICE_IMPORT_PASSWORD", secret);
            for (String[] arguments : List.of(
                    new String[] {"--jdbc", "jdbc:postgresql://127.0.0.1:1/x?password=" + secret, "--query", "select 1"
                    },
                    new String[] {"--jdbc", "jdbc:mariadb://127.0.0.1:1/x?password=" + secret, "--query", "select 1"},
                    new String[] {"--redis", "redis://127.0.0.1:1", "--match", "a:*"},
                    new String[] {"--redis", "redis://x:" + secret + "@127.0.0.1:1", "--match", "a:*"})) {
                Called refused = taking.run(environment, "gmail", arguments);
                assertThat(refused.code()).isEqualTo(1);
                assertThat(refused.err()).isNotBlank().doesNotContain(secret);
                assertThat(refused.out()).isEmpty();
            }
        }
    }

    @Test
    void aServerThatIsNotThereOrHasNoSuchFlowIsTold() throws Exception {
        String url = sqlite("create table t (subject, told_at)");
        Called nobody = Taking.call(
                Map.of(),
                "import",
                "--flow",
                "gmail",
                "--server",
                "http://127.0.0.1:1",
                "--jdbc",
                url,
                "--query",
                "select * from t");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("No server answers at http://127.0.0.1:1");
        try (Taking taking = Taking.over(directory)) {
            assertThat(taking.run("none", "--jdbc", url, "--query", "select * from t")
                            .err())
                    .contains("there is no flow 'none'");
            assertThat(taking.run("gmail", "--variant", "x", "--jdbc", url, "--query", "select * from t")
                            .err())
                    .contains("variant is none of flow 'gmail': it has none");
        }
    }

    @Test
    void aLineThatIsNoneIsAnsweredByAProblemAndTheOthersGoOn() throws Exception {
        try (Taking taking = Taking.over(directory)) {
            String body = """
                    {"subject": "a", "toldAt": "2026-01-14T08:00:00Z"}
                    {"subject": "b", "toldAt": "soon", "endsIn": -1, "more": 1}
                    {"subject": "c"}
                    {"subject": "~d", "endsAt": "2026-01-15T08:00:00Z", "toldAt": "2026-01-14T08:00:00Z"}
                    {"subject": "e", "endsAt": "2026-01-14T10:00:00Z"}
                    """;
            String answer = taking.send("v1/flows/abandoned-cart/imports", "application/x-ndjson", body)
                    .body();

            assertThat(answer.lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .isEqualTo(
                                            "{\"subject\":\"a\",\"result\":\"taken\",\"until\":\"2026-01-15T08:00:00Z\"}"),
                            line -> assertThat(line).contains("\"line\":2", "toldAt", "endsIn", "more"),
                            line -> assertThat(line)
                                    .contains("must have one of toldAt, endsAt, endsIn and inHandSince"),
                            line -> assertThat(line).contains("must not begin with ~"),
                            line -> assertThat(line).contains("\"taken\"", "2026-01-14T10:00:00Z"));
            assertThat(taking.send("v1/flows/abandoned-cart/imports", "application/json", "{}")
                            .statusCode())
                    .isEqualTo(415);
        }
    }

    @Test
    @DisplayName(
            "under drop, what was in hand is not told again, whether that is learnt before its lease is over or after")
    void countsWhatWasInHandUnderDrop() throws Exception {
        String url = sqlite(
                "create table t (subject, told_at, state)",
                "insert into t values ('fresh', '2026-01-14T08:59:30Z', 'pending'),"
                        + " ('old', '2026-01-14T07:00:00Z', 'pending')");
        try (Taking taking = Taking.over(directory)) {
            Called applied = taking.run(
                    "at-most-once", "--jdbc", url, "--query", "select * from t", "--pending", "pending", "--apply");
            assertThat(applied.counts()).isEqualTo("in hand 2");
            taking.after(Duration.ofHours(1));
            assertThat(taking.decided("at-most-once", "fresh")).isEqualTo("suppress");
            assertThat(taking.decided("at-most-once", "old")).isEqualTo("suppress");
        }
    }
}
