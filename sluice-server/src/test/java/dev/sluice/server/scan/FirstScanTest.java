package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.Clocks;
import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import dev.sluice.sql.Dialect;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * The first day beside the log of another system: its duplicates removed, what is left taken over by the very command that
 * {@code dedupe} prints, and then the first scan of the same carts.
 */
@Timeout(180)
class FirstScanTest {
    private static final Pattern IMPORT = Pattern.compile("(?s)\\./sluice (import .*)$");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s\\\\]+)");
    private static final Pattern URL = Pattern.compile("[^?]*");
    private static final int USERS = 7;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "SQLITE, retry, '2 4 5 6', '3'",
        "SQLITE, drop, '2 5 6', ''",
        "MARIADB, retry, '2 4 5 6', '3'",
        "POSTGRESQL, drop, '2 5 6', ''"
    })
    @DisplayName(
            "after dedupe and import the first scan mails exactly those who were not; what is in hand is a claim until its lease ends")
    void mailsNobodyTwice(Dialect dialect, String onLost, String atOnce, String afterTheLease) throws Exception {
        Database database = switch (dialect) {
            case SQLITE -> CartGate.sqlite(directory);
            case MARIADB -> MariaDbServer.shared().fresh();
            case POSTGRESQL -> PostgresServer.shared().fresh();
        };
        try (CartGate gate = CartGate.over(directory, database)) {
            String named =
                    "select c.*, concat('h', c.quantity) as cart_hash from (\n" + Shop.QUERY.indent(12) + ") c\n";
            gate.replaced(config -> config.replace(Shop.QUERY.indent(12), named.indent(12))
                    .replace("content: [product_id, quantity]", "named-by: cart_hash")
                    .replace("on-lost-claim: drop", "lease: 2m\n    on-lost-claim: " + onLost));
            for (int user = 1; user <= USERS; user++) {
                gate.shop().user(user, Duration.ofMinutes(10));
                gate.shop().put(user, 1, user);
            }
            log(gate.shop(), dialect);

            String said = dedupe(database);
            assertThat(query(database, "select id from cart_abandonment_log order by id"))
                    .containsExactly("1", "3", "4", "5", "6", "7");
            assertThat(sluice(imports(said, gate.address()), database)).contains("in hand", "taken over");
            gate.settle();
            assertThat(users(gate)).containsExactlyInAnyOrder(atOnce.split(" ", -1));

            gate.until(CartGate.EVERY);
            assertThat(users(gate)).as("the claim of the third lasts").hasSize(atOnce.split(" ", -1).length);
            List<String> more = new ArrayList<>(List.of(atOnce.split(" ", -1)));
            more.addAll(afterTheLease.isEmpty() ? List.of() : List.of(afterTheLease));
            gate.until(60);
            assertThat(users(gate)).containsExactlyInAnyOrderElementsOf(more);
            gate.until(600);
            assertThat(users(gate)).containsExactlyInAnyOrderElementsOf(more);
            gate.until(Duration.ofHours(14).toSeconds() - CartGate.EVERY, 600);
            assertThat(users(gate)).doesNotContain("1", "7");
            gate.until(Duration.ofHours(14).toSeconds());
            assertThat(users(gate))
                    .as("a day after it was told first")
                    .contains("1")
                    .doesNotContain("7");
        }
    }

    /** As it stands at the beginning: each row so long ago. */
    private static void log(Shop shop, Dialect dialect) throws SQLException {
        String time = dialect == Dialect.MARIADB ? "datetime" : dialect == Dialect.SQLITE ? "text" : "timestamp";
        shop.run("create table cart_abandonment_log (id integer primary key, user_id integer, cart_hash varchar(64),"
                + " email_sent integer, created_at " + time + ")");
        row(shop, 1, 1, "h1", 1, Duration.ofHours(10));
        row(shop, 2, 1, "h1", 1, Duration.ofHours(9));
        row(shop, 3, 2, "h2", 1, Duration.ofHours(25));
        row(shop, 4, 3, "h3", 0, Duration.ofMinutes(1));
        row(shop, 5, 4, "h4", 0, Duration.ofMinutes(5));
        row(shop, 6, 5, "h9", 1, Duration.ofHours(1));
        row(shop, 7, 7, "h7", 1, Duration.ofHours(1));
        row(shop, 8, 7, "h7", 0, Duration.ofMinutes(59));
    }

    private static void row(Shop shop, int id, int user, String hash, int sent, Duration ago) throws SQLException {
        Instant at = CartGate.BEGIN.minus(ago);
        String text = at.toString().replace('T', ' ').replace("Z", "");
        shop.run("insert into cart_abandonment_log values (" + id + ", " + user + ", '" + hash + "', " + sent + ", '"
                + text + "')");
    }

    private String dedupe(Database database) {
        String options = "dedupe --table cart_abandonment_log --by user_id --content cart_hash --at created_at"
                + " --sent email_sent=1 --apply remove";
        List<String> all = new ArrayList<>(List.of(options.split(" ", -1)));
        all.addAll(List.of(
                "--jdbc",
                jdbc(database),
                "--csv",
                directory.resolve("duplicates.csv").toString()));
        return sluice(all, database);
    }

    /** The command that is printed, with the names that only its reader knows. */
    private static List<String> imports(String said, URI server) {
        Matcher line = IMPORT.matcher(said.strip());
        assertThat(line.find()).as(said).isTrue();
        List<String> words = new ArrayList<>();
        WORD.matcher(line.group(1).replace(" FLOW ", " abandoned-cart ").replace(" ZONE ", " UTC "))
                .results()
                .forEach(word -> words.add(
                        word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group(3)));
        words.addAll(List.of("--server", server.toString(), "--apply"));
        return words;
    }

    private static String jdbc(Database database) {
        Matcher url = URL.matcher(database.jdbcUrl());
        assertThat(url.find()).isTrue();
        return url.group();
    }

    private static String sluice(List<String> arguments, Database database) {
        URI url = URI.create(database.url());
        Map<String, String> environment = url.getUserInfo() == null
                ? Map.of()
                : Map.of(
                        "SLUICE_DEDUPE_USER", url.getUserInfo().replaceAll(":.*", ""),
                        "SLUICE_DEDUPE_PASSWORD", url.getUserInfo().replaceAll(".*:", ""),
                        "SLUICE_IMPORT_PASSWORD", url.getUserInfo().replaceAll(".*:", ""));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = SluiceCommand.line(new Surroundings(environment, Path.of(""), Clocks.SYSTEM));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        assertThat(line.execute(arguments.toArray(String[]::new)))
                .as(err.toString())
                .isZero();
        return out.toString();
    }

    private static List<String> query(Database database, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static List<String> users(CartGate gate) {
        return gate.mails().stream()
                .map(mail -> mail.recipient().replace("@example.org", ""))
                .toList();
    }
}
