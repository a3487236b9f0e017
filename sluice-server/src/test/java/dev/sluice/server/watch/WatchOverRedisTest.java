package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RedisServer;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The margin call of docs/watches.md as a whole: a real Redis announces, a real mail server and a broker receive. */
@Timeout(180)
class WatchOverRedisTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ADDRESS = "owner@example.org";
    private static final String MORE = "{\"more\": true}";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RedisServer redis = RedisServer.start();
    private final Proxy proxy = Proxy.to(redis.port());
    private final Account account = new Account(redis::ask, "live:17");
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private Broker.Act act = step -> "";
    private Broker broker;

    @BeforeEach
    void start() throws IOException {
        mail.start();
        broker = new Broker(step -> act.answer(step));
        account.address(ADDRESS);
    }

    @AfterEach
    void stop() {
        broker.close();
        mail.stop();
        proxy.close();
        redis.close();
    }

    private MarginCall marginCall() {
        return new MarginCall(
                "redis://127.0.0.1:" + proxy.port(), mail.getSmtp().getPort(), broker.url());
    }

    /** A server that listens. */
    private Server serve(MarginCall config) throws Exception {
        ConfigReader reader = new ConfigReader(
                Optional.of(config.write(directory, "")),
                Map.of(),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        Server server = Server.start(reader.read());
        await().atMost(PATIENCE).until(() -> Account.listeners(redis) == 1);
        return server;
    }

    private List<JsonNode> list(Server server, String path, String name) throws IOException, InterruptedException {
        JsonNode all = JSON.readTree(client.send(
                        HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofString())
                .body());
        return StreamSupport.stream(all.path(name).spliterator(), false).toList();
    }

    private List<JsonNode> notices(Server server) throws IOException, InterruptedException {
        return list(server, "v1/messages?flow=operator", "messages");
    }

    private List<JsonNode> episodes(Server server) throws IOException, InterruptedException {
        return list(server, "v1/flows/margin-call/episodes", "episodes");
    }

    private int held(Server server) throws IOException, InterruptedException {
        return episodes(server).stream()
                .mapToInt(each -> each.path("held").asInt())
                .sum();
    }

    private void awaitHeld(Server server, int count) {
        await().atMost(PATIENCE).until(() -> held(server) >= count);
    }

    private void awaitMails(int count) {
        await().atMost(PATIENCE).until(() -> mail.getReceivedMessages().length >= count);
    }

    @Test
    @DisplayName("S1.1 a level that is announced is mailed once to the address in its hash, and held after that")
    void oneMail() throws Exception {
        try (Server server = serve(marginCall().withoutRegularSweep())) {
            account.tell(80);
            awaitMails(1);
            for (int event = 1; event <= 200; event++) {
                account.tell(80 - event / 10.0);
            }
            awaitHeld(server, 1);
            assertThat(mail.getReceivedMessages()).hasSize(1);
            MimeMessage told = mail.getReceivedMessages()[0];
            assertThat(told.getSubject()).isEqualTo("Margin Alert: Level 80% below 100%");
            assertThat(told.getAllRecipients()).extracting(Object::toString).containsExactly(ADDRESS);
            assertThat(broker.steps()).isEmpty();
        }
    }

    @Test
    @DisplayName("S1.13 a level that fell while the server was down is mailed when it is up again")
    void fellWhileTheServerWasDown() throws Exception {
        MarginCall config = marginCall().withoutRegularSweep();
        try (Server server = serve(config)) {
            account.tell(120);
            assertThat(episodes(server)).isEmpty();
        }
        account.tell(80);
        try (Server server = serve(config)) {
            awaitMails(1);
            assertThat(episodes(server)).hasSize(1);
        }
    }

    @Test
    @DisplayName("S1.13 a level that fell while the connection was cut is mailed when there is one again")
    void fellWhileTheConnectionWasCut() throws Exception {
        try (Server server = serve(marginCall().withoutRegularSweep())) {
            account.write(120);
            proxy.refuse();
            proxy.cut();
            await().atMost(PATIENCE).until(() -> Account.listeners(redis) == 0);
            account.tell(80);
            assertThat(episodes(server)).isEmpty();
            proxy.resume();
            awaitMails(1);
            await().atMost(PATIENCE).until(() -> Account.listeners(redis) == 1);
            account.tell(79);
            awaitHeld(server, 1);
            assertThat(mail.getReceivedMessages()).hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "S1.12 without an address nothing is attempted, the operator hears once, and an address is all it takes")
    void noAddress() throws Exception {
        account.address("");
        try (Server server = serve(marginCall().withoutRegularSweep())) {
            account.tell(80);
            await().atMost(PATIENCE).until(() -> notices(server).size() == 1);
            for (int event = 1; event < 25; event++) {
                account.tell(80 - event / 10.0);
            }
            awaitHeld(server, 1);
            assertThat(mail.getReceivedMessages()).isEmpty();
            assertThat(notices(server))
                    .singleElement()
                    .satisfies(notice ->
                            assertThat(notice.path("title").asText()).isEqualTo("There is no address for live:17"));
            account.address(ADDRESS);
            awaitMails(1);
            assertThat(mail.getReceivedMessages())
                    .singleElement()
                    .satisfies(told -> assertThat(told.getAllRecipients())
                            .extracting(Object::toString)
                            .containsExactly(ADDRESS));
            assertThat(notices(server)).hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "S1.7 nothing follows from what is not known: no mail, no action, no reset, and the operator hears of it")
    void whatIsNotKnown() throws Exception {
        List<Consumer<Account>> unknowns = List.of(
                Account::remove,
                each -> each.write("", "ok", Instant.now()),
                each -> each.write("nan", "ok", Instant.now()),
                each -> each.write("40", "degraded", Instant.now()),
                each -> each.write("120", "degraded", Instant.now()),
                each -> each.write("40", "ok", Instant.now().minusSeconds(61)),
                each -> each.write("120", "ok", Instant.now().minusSeconds(61)),
                Account::spoil);
        List<Account> all = IntStream.range(0, unknowns.size())
                .mapToObj(id -> new Account(redis::ask, "demo:" + id))
                .toList();
        all.forEach(each -> each.address(ADDRESS));
        try (Server server = serve(marginCall().withoutRegularSweep().but("on-reset: ignore", "on-reset: rearm"))) {
            all.forEach(each -> each.tell(80));
            awaitMails(all.size());
            for (int i = 0; i < all.size(); i++) {
                unknowns.get(i).accept(all.get(i));
            }
            await().atMost(PATIENCE).until(() -> {
                all.forEach(Account::announce);
                return notices(server).size() == all.size();
            });
            all.forEach(Account::remove);
            all.forEach(each -> each.tell(79));
            await().atMost(PATIENCE)
                    .until(() -> episodes(server).stream()
                            .allMatch(each -> each.path("held").asInt() > 0));
            assertThat(mail.getReceivedMessages()).hasSize(all.size());
            assertThat(broker.steps()).isEmpty();
            assertThat(episodes(server))
                    .hasSize(all.size())
                    .allMatch(each -> each.path("state").asText().equals("open"));
            assertThat(notices(server))
                    .hasSize(all.size())
                    .allMatch(notice -> notice.path("title").asText().matches("The level of demo:\\d is not known"));
        }
    }

    @Test
    @DisplayName("S1.5 an action goes on step by step until the level in the hash is at its stop")
    void untilTheStop() throws Exception {
        act = step -> {
            account.write(step.path("level").asDouble() < 50 ? 60 : 101);
            return MORE;
        };
        try (Server server = serve(marginCall().withoutRegularSweep())) {
            account.tell(40);
            awaitDone(server, 1);
            assertThat(broker.steps())
                    .extracting(step -> step.path("level").asDouble())
                    .containsExactly(40.0, 60.0);
            assertOneRun();
            awaitMails(1);
        }
    }

    private void awaitDone(Server server, int runs) {
        await().atMost(PATIENCE)
                .until(() -> list(server, "v1/ledger?subject=live:17&kind=action", "entries").stream()
                                .filter(entry -> entry.path("detail").asText().contains(": done after"))
                                .count()
                        == runs);
    }

    private void assertOneRun() {
        assertThat(broker.steps().stream().map(step -> step.path("fence").asLong()))
                .containsOnly(broker.steps().get(0).path("fence").asLong());
        assertThat(new HashSet<>(broker.keys())).hasSameSizeAs(broker.keys());
        assertThat(broker.most()).isEqualTo(1);
    }

    @Test
    @DisplayName("S1.10 a safe level in the middle of a run frees nothing: there is one run, and it ends at its stop")
    void aSafeLevelFreesNothing() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        act = step -> {
            boolean first = step.path("step").asInt() == 1;
            if (first && !goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return "";
            }
            account.write(first ? 60 : 101);
            return MORE;
        };
        try (Server server = serve(marginCall().withoutRegularSweep().but("lease: 30s", "lease: 30s, timeout: 100s"))) {
            account.tell(40);
            await().atMost(PATIENCE).until(() -> broker.steps().size() == 1);
            account.tell(120);
            await().atMost(PATIENCE).until(() -> open(server) == 0);
            account.tell(45);
            await().atMost(PATIENCE).until(() -> open(server) == 1);
            assertThat(broker.steps()).hasSize(1);
            goOn.countDown();
            awaitDone(server, 1);
            assertThat(broker.steps())
                    .extracting(step -> step.path("level").asDouble())
                    .containsExactly(40.0, 60.0);
            assertOneRun();
        }
    }

    private long open(Server server) throws IOException, InterruptedException {
        return episodes(server).stream()
                .filter(each -> each.path("state").asText().equals("open"))
                .count();
    }
}
