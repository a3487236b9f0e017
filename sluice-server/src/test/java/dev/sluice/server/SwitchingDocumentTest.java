package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/switching.md tells to do is done, and gives what it says. */
class SwitchingDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "switching.md");
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CURL = Pattern.compile(
            "curl -s http://127\\.0\\.0\\.1:8420(/\\S*)(?: -H '([^:]+): ([^']+)' -d '(.*)')?\\s*", Pattern.DOTALL);
    private static final Pattern READ = Pattern.compile("step\\[\"(\\w+)\"]");
    private static final String ERRORS = "Error notifications with a rate limit per error";

    /** As the original makes it: the SHA-256 of {@code 1:2|2:1}. */
    private static final String CART_HASH = "0356aef4d288fcb4d3a200058a1ac9af4449349fda143a0a5c13342d89156313";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_LINES = 15;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    /** A piece of the page between fences. */
    private record Block(String language, String text) {}

    @Test
    void theRequestsGiveTheAnswersThatThePageShows() throws Exception {
        List<Block> blocks = blocks(ERRORS);
        try (Server server = start(only(blocks, "yaml"))) {
            assertThat(replay(server, blocks)).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("S1.1, S1.7 what publishes portfolios stays as it is, and what is not known does nothing")
    void theMarginCallHearsWhatTheOriginalHeardAndActsByTheEndpointOfThePage() throws Exception {
        List<Block> blocks = blocks("Margin calls and liquidation over Redis");
        RedisServer redis = RedisServer.shared();
        List<JsonNode> steps = new CopyOnWriteArrayList<>();
        HttpServer broker = broker(steps);
        String yaml = only(blocks, "yaml")
                .replace("redis://redis.example.org:6379", redis.url())
                .replace("127.0.0.1:9000", "127.0.0.1:" + broker.getAddress().getPort());
        try (Server server = start(yaml)) {
            await().atMost(PATIENCE).until(() -> {
                publish(redis, only(blocks, "redis"));
                return episodes(server, "margin-call").contains("\"zone\":\"alert\"");
            });
            assertThat(replay(server, blocks)).isEqualTo(3);
            await().atMost(PATIENCE).until(() -> {
                publish(redis, only(blocks, "redis").replace("margin_level 80", "margin_level 40"));
                return !steps.isEmpty();
            });
        } finally {
            broker.stop(0);
        }
        String endpoint = only(blocks, "python");
        assertThat(endpoint.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
        Set<String> read =
                READ.matcher(endpoint).results().map(member -> member.group(1)).collect(Collectors.toSet());
        assertThat(read).containsExactlyInAnyOrder("fence", "subject").allMatch(steps.get(0)::has);
    }

    @Test
    @DisplayName("S2.1, S2.10, S2.12 a batch is asked about in one call, and says which orders may go")
    void theShortfallAnswersWhichOrdersMayGo() throws Exception {
        List<Block> blocks = blocks("Notices of insufficient margin");
        String yaml = only(blocks, "yaml").replace("https://api.telegram.org", "http://127.0.0.1:9");
        try (Server server = start(yaml)) {
            assertThat(replay(server, blocks)).isEqualTo(3);
            assertThat(episodes(server, "margin-shortfall")).contains("kraken:ETH");
        }
        String function = function(blocks);
        assertThat(function.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
        Matcher curl = CURL.matcher(blocks.stream()
                .filter(block -> block.language().equals("sh"))
                .findFirst()
                .orElseThrow()
                .text());
        assertThat(curl.matches()).isTrue();
        assertThat(function).contains("\"127.0.0.1\", 8420", '"' + curl.group(1) + '"', curl.group(2), curl.group(3));
        JSON.readTree(curl.group(4).lines().findFirst().orElseThrow())
                .properties()
                .forEach(each -> assertThat(function).contains('"' + each.getKey() + "\": "));
    }

    @Test
    @DisplayName(
            "S3.1, S3.12 the tables of the original are scanned as they are, and a cart has the name that its log has")
    void theScanReadsTheTablesOfTheOriginal() throws Exception {
        List<Block> blocks = blocks("Abandoned carts");
        Database shop = MariaDbServer.shared().fresh();
        cartsOfTheOriginal(shop);
        String yaml = blocks.stream()
                .filter(block -> block.language().equals("yaml"))
                .findFirst()
                .orElseThrow()
                .text()
                .replace("mariadb://reader@db.example.org/shop", shop.url())
                .replace("        password: \"${SHOP_PASSWORD}\"\n", "");
        try (Server server = start(yaml)) {
            await().atMost(PATIENCE)
                    .until(() -> send(server, "curl -s http://127.0.0.1:8420/v1/flows/abandoned-cart/scan")
                            .contains("\"at\":"));
            assertThat(messages(server)).contains("42/" + CART_HASH, "1543.00");
            assertThat(replay(server, blocks)).isEqualTo(2);
        }
        String function = blocks.stream()
                .filter(block -> block.text().contains("def bought"))
                .findFirst()
                .orElseThrow()
                .text();
        assertThat(function.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(function)
                .contains("\"127.0.0.1\", 8420", "\"/v1/flows/abandoned-cart/conversions\"", "\"user\": ", "\"id\": ");
    }

    private static String messages(Server server) throws IOException, InterruptedException {
        return send(server, "curl -s http://127.0.0.1:8420/v1/messages?flow=abandoned-cart");
    }

    /** One to be mailed, one that is too old, and one without a price. */
    private static void cartsOfTheOriginal(Database shop) throws SQLException {
        try (Connection connection = DriverManager.getConnection(shop.jdbcUrl());
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(
                    "create table users (id int primary key, name varchar(100), email varchar(100), last_activity datetime)",
                    "create table products (id int primary key, name varchar(100), price decimal(10, 2))",
                    "create table cart (id int auto_increment primary key, user_id int, product_id int, quantity int)",
                    "create table orders (id int auto_increment primary key, user_id int, created_at datetime)",
                    "insert into users select seq, concat('User ', seq), concat(seq, '@example.org'),"
                            + " now() - interval if(seq = 43, 240, 1) hour from seq_42_to_45",
                    "insert into orders (user_id, created_at) values (45, now() - interval 30 minute)",
                    "insert into products values (1, 'Lamp', 21.50), (2, 'Desk', 1500.00), (3, 'Ghost', null)",
                    "insert into cart (user_id, product_id, quantity)"
                            + " values (42, 2, 1), (42, 1, 2), (43, 1, 1), (44, 3, 1), (45, 1, 1)")) {
                statement.execute(sql);
            }
        }
    }

    private static void publish(RedisServer redis, String commands) {
        commands.lines()
                .map(line -> line.replaceAll("ts \\d+", "ts " + Instant.now().getEpochSecond()))
                .forEach(line -> redis.ask(line.split(" ")));
    }

    private static HttpServer broker(List<JsonNode> steps) throws IOException {
        HttpServer broker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        broker.createContext("/liquidate", exchange -> {
            try (exchange) {
                steps.add(JSON.readTree(exchange.getRequestBody()));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        broker.start();
        return broker;
    }

    private static String episodes(Server server, String flow) throws IOException, InterruptedException {
        return send(server, "curl -s http://127.0.0.1:8420/v1/flows/" + flow + "/episodes");
    }

    /** Every request of the page; what it shows of each line of the answer is in that line. */
    private static int replay(Server server, List<Block> blocks) throws IOException, InterruptedException {
        int replayed = 0;
        for (int i = 0; i < blocks.size(); i++) {
            String request =
                    blocks.get(i).text().replace("NOW", "" + Instant.now().getEpochSecond());
            if (blocks.get(i).language().equals("sh")) {
                Block shown = blocks.get(i + 1);
                assertThat(shown.language()).isEqualTo("json");
                boolean lines = request.contains("x-ndjson");
                List<String> answer = lines(send(server, request), lines);
                List<String> expected = lines(shown.text(), lines);
                assertThat(answer).as(request).hasSameSizeAs(expected);
                for (int line = 0; line < answer.size(); line++) {
                    assertContains(JSON.readTree(answer.get(line)), JSON.readTree(expected.get(line)), request);
                }
                replayed++;
            }
        }
        return replayed;
    }

    private static List<String> lines(String text, boolean many) {
        return many ? text.lines().toList() : List.of(text);
    }

    @Test
    void theFunctionIsShortAndSendsWhatTheRequestShows() throws Exception {
        List<Block> blocks = blocks(ERRORS);
        String function = function(blocks);
        assertThat(function.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
        Matcher curl = CURL.matcher(blocks.stream()
                .filter(block -> block.language().equals("sh"))
                .findFirst()
                .orElseThrow()
                .text());
        assertThat(curl.matches()).isTrue();
        assertThat(function).contains("\"127.0.0.1\", 8420", '"' + curl.group(1) + '"', curl.group(2), curl.group(3));
        JsonNode body = JSON.readTree(curl.group(4));
        body.properties().forEach(each -> assertThat(function).contains('"' + each.getKey() + "\": "));
        body.path("fields").properties().forEach(each -> assertThat(function).contains('"' + each.getKey() + "\": "));
    }

    /** An error handler calls it: it cuts, spares the details when it must, and raises nothing. */
    @Test
    void whatTheFunctionCutsToIsTakenAndWhatItLeavesOutIsWhatIsRefused() throws Exception {
        List<Block> blocks = blocks(ERRORS);
        String function = function(blocks);
        assertThat(function)
                .contains(
                        "default=str",
                        "skipkeys=True",
                        "allow_nan=False",
                        "\"utf-8\", \"replace\"",
                        "except Exception");
        // A control character takes the most bytes in JSON: six.
        String title = "\\u0001".repeat(cut(function, "title"));
        String message = "\\u0001".repeat(cut(function, "message"));
        String fields = "{\"processor\": \"" + "\\u0001".repeat(cut(function, "processor_name")) + "\"}";
        String rest = "{\"title\": \"" + title + "\", \"message\": \"" + message
                + "\", \"severity\": \"error\", \"fields\": " + fields + ", \"data\": ";
        Matcher spare =
                Pattern.compile("\\(details, None\\), \\((\\{.*?\\}), None\\)").matcher(function);
        assertThat(spare.find()).isTrue();
        try (Server server = start(only(blocks, "yaml"))) {
            assertThat(post(server, rest + spare.group(1) + "}")).contains("\"decision\":\"pass\"");
            for (String details :
                    List.of("{\"x\": NaN}", "{\"x\": 1" + "0".repeat(400) + "}", "{\"1\": 1, \"1\": 2}")) {
                assertThat(post(server, rest + details + "}")).contains("\"status\":400");
            }
        }
    }

    private static String function(List<Block> blocks) {
        return blocks.stream()
                .filter(block ->
                        block.language().equals("python") && block.text().contains("def "))
                .findFirst()
                .orElseThrow()
                .text();
    }

    /** How many characters of a value the function sends. */
    private static int cut(String function, String value) {
        Matcher cut = Pattern.compile("str\\(" + value + "\\)\\[:(\\d+)]").matcher(function);
        assertThat(cut.find()).as(value).isTrue();
        return Integer.parseInt(cut.group(1));
    }

    private static String post(Server server, String body) throws IOException, InterruptedException {
        return send(
                server,
                "curl -s http://127.0.0.1:8420/v1/flows/errors/occurrences -H 'Content-Type: application/json' -d '"
                        + body + "'");
    }

    /** All that the page shows of an answer is in the answer. */
    private static void assertContains(JsonNode answer, JsonNode shown, String request) {
        shown.properties().forEach(member -> {
            JsonNode value = answer.path(member.getKey());
            if (member.getValue().isObject()) {
                assertContains(value, member.getValue(), request);
            } else {
                assertThat(value.toString())
                        .as("%s after%n%s", member.getKey(), request)
                        .isEqualTo(member.getValue().toString());
            }
        });
    }

    private static String only(List<Block> blocks, String language) {
        List<Block> found = blocks.stream()
                .filter(block -> block.language().equals(language))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0).text();
    }

    /** What stands between fences under a heading. */
    private static List<Block> blocks(String heading) throws IOException {
        String page = Files.readString(DOCUMENT);
        String part = page.substring(page.indexOf("## " + heading));
        int next = part.indexOf("\n## ");
        Matcher block = BLOCK.matcher(next < 0 ? part : part.substring(0, next));
        List<Block> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        return blocks;
    }

    /** With the mail server of the page, but for an address where nobody listens: nothing of a test goes out. */
    private Server start(String yaml) throws Exception {
        String local = yaml.replace("host: smtp.example.org", "host: 127.0.0.1, port: 9");
        Path file = Files.writeString(directory.resolve("sluice.yaml"), local);
        return Server.start(new ConfigReader(
                        Optional.of(file),
                        Map.of("TELEGRAM_TOKEN", "1:a", "LINK_SECRET", "a secret of the shop"),
                        Optional.of(directory.resolve("data")),
                        Optional.of("0"))
                .read());
    }

    private static String send(Server server, String command) throws IOException, InterruptedException {
        Matcher curl = CURL.matcher(command);
        assertThat(curl.matches()).as(command).isTrue();
        URI uri = server.address().resolve(curl.group(1));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (curl.group(4) != null) {
            request.header(curl.group(2), curl.group(3)).POST(HttpRequest.BodyPublishers.ofString(curl.group(4)));
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString())
                .body();
    }
}
