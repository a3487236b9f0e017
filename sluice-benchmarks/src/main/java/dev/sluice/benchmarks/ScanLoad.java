package dev.sluice.benchmarks;

import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.SqlServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a scan of a shop takes: carts of two rows each in a real MariaDB, one server on SQLite that scans them. The
 * first scan lets out 100 and leaves the others, as it does in production; then the ramp is taken away, and one scan lets
 * out all of them; those after it find everything held.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks,sluice-server -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.ScanLoad [carts] [heap]
 * </pre>
 */
public final class ScanLoad {
    private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]*)\"");
    private static final long LOOK_MILLIS = 200;
    private static final int SCANS = 3;

    private static final String CONFIG = """
            flows:
              abandoned-cart:
                source:
                  scan:
                    url: SHOP
                    every: 5s
                    timeout: 1m
                    query: |
                      select u.id as user_id, u.email, u.name, c.product_id, c.quantity,
                             timestampdiff(second, u.last_activity, now()) as idle_seconds
                        from users u join cart c on c.user_id = u.id
                       where u.last_activity <= now() - interval 1 minute
                    subject: user_id
                    content: [product_id, quantity]
                    age: idle_seconds
                    max-age: 7d
            RAMP
                recipients: {field: email}
                allow: once per 24h
                channels: [inbox]
            """;

    private ScanLoad() {}

    /** Runs it; see above. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        int carts = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        String heap = args.length > 1 ? args[1] : "256m";
        Path home = Files.createTempDirectory("sluice-scan-load-");
        try (MariaDbServer mariadb = MariaDbServer.start(SqlServer.Durability.MEMORY)) {
            Database shop = mariadb.fresh();
            fill(shop, carts);
            System.out.printf(Locale.ROOT, "%,d carts of two rows, heap %s%n", carts, heap);
            play("first, 100 per 1m", shop, "        ramp: 100 per 1m", home.resolve("ramp"), heap, 1);
            play("without a ramp", shop, "", home.resolve("whole"), heap, SCANS);
        }
    }

    private static void fill(Database shop, int carts) throws SQLException {
        try (Connection connection = DriverManager.getConnection(shop.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table users (id int primary key, email varchar(100), name varchar(100), last_activity datetime)");
            statement.execute("create table cart (user_id int, product_id int, quantity int, index (user_id))");
            statement.execute("insert into users select seq, concat(seq, '@example.org'), concat('User ', seq),"
                    + " now() - interval 1 hour from seq_1_to_" + carts);
            statement.execute("insert into cart select id, 1, 1 + id % 5 from users");
            statement.execute("insert into cart select id, 2, 1 from users");
        }
    }

    private static void play(String what, Database shop, String ramp, Path home, String heap, int scans)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        Files.writeString(
                home.resolve("sluice.yaml"), CONFIG.replace("SHOP", shop.url()).replace("RAMP", ramp));
        try (WatchedServer server = new WatchedServer(home, heap)) {
            String before = "";
            for (int scan = 1; scan <= scans; scan++) {
                String report = next(server.address(), before);
                before = at(report);
                System.out.printf(
                        Locale.ROOT,
                        "%-18s scan %d, %d MB of heap alive after it: %s%n",
                        what,
                        scan,
                        server.liveHeap() / 1_000_000,
                        report);
            }
        }
    }

    private static String next(URI server, String before) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/flows/abandoned-cart/scan"))
                .build();
        String report = "";
        while (at(report).equals(before) || at(report).isEmpty()) {
            Thread.sleep(LOOK_MILLIS);
            report = client.send(request, BodyHandlers.ofString()).body();
        }
        return report;
    }

    private static String at(String report) {
        Matcher at = AT.matcher(report);
        return at.find() ? at.group(1) : "";
    }
}
