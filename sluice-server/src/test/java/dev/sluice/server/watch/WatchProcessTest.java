package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.crash.ServerProcess;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RedisServer;
import dev.sluice.testbed.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real servers with the margin call of docs/watches.md over one Redis and one PostgreSQL, one of which is killed. */
@Timeout(300)
class WatchProcessTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final System.Logger LOG = System.getLogger(WatchProcessTest.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path home;

    private final RedisServer redis = RedisServer.start();
    private final Account account = new Account(redis::ask, "live:17");
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> effects = new CopyOnWriteArrayList<>();
    private long highest;
    private Broker broker;
    private Proxy wire;

    @BeforeEach
    void start() throws IOException {
        mail.start();
        wire = Proxy.to(mail.getSmtp().getPort());
        broker = new Broker(step -> {
            if (broker.steps().size() == 1 && !goOn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return "";
            }
            return effect(step.path("fence").asLong());
        });
        account.address("owner@example.org");
        config("2s", "3s");
    }

    /** With attempts to mail that take so long at most, and so long until another server makes them. */
    private void config(String timeout, String lease) throws IOException {
        new MarginCall(redis.url(), wire.port(), broker.url())
                .withoutRegularSweep()
                .but("lease: 30s", "lease: 3s, timeout: 100s")
                .attempts(timeout, lease)
                .write(
                        home,
                        "store: " + redis.url() + "\ndatabase: "
                                + PostgresServer.shared().fresh().url() + "\n");
    }

    /** The sink remembers the highest fence, and refuses what comes late. */
    private synchronized String effect(long fence) {
        if (fence < highest) {
            effects.add("refused " + fence);
            return "";
        }
        highest = fence;
        effects.add("done with " + fence);
        account.write(101);
        return "{\"more\": true}";
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        broker.close();
        wire.close();
        mail.stop();
        redis.close();
    }

    /** One that reads. */
    private ServerProcess first() {
        ServerProcess server = ServerProcess.startShared(home, Duration.ZERO);
        assertThat(server.ready(PATIENCE)).isPresent();
        await().atMost(PATIENCE).until(() -> Account.listeners(redis) == 1);
        return server;
    }

    @Test
    @DisplayName("S1.8 the server that reads is killed while it sends: another one sends, once, and reads on")
    void theReaderIsKilled() {
        try (ServerProcess reader = first();
                ServerProcess other = ServerProcess.startShared(home, Duration.ZERO)) {
            assertThat(other.ready(PATIENCE)).isPresent();
            assertThat(Account.listeners(redis)).isEqualTo(1);
            wire.pause();
            account.tell(80);
            await().atMost(PATIENCE).until(() -> wire.connections() > 0);
            reader.kill();
            account.tell(79);
            wire.resume();
            await().atMost(PATIENCE).until(() -> mail.getReceivedMessages().length > 0);
            await().atMost(PATIENCE).until(() -> Account.listeners(redis) == 1);
            Account another = new Account(redis::ask, "demo:18");
            another.address("another@example.org");
            another.tell(80);
            await().atMost(PATIENCE).until(() -> mail.getReceivedMessages().length > 1);
            assertThat(mail.getReceivedMessages())
                    .extracting(each -> each.getAllRecipients()[0].toString())
                    .containsExactly("owner@example.org", "another@example.org");
            assertThat(broker.steps()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "S1.9 the server that acts is killed: another one acts with a higher fence, and the old claim is refused")
    void theActorIsKilled() throws Exception {
        try (ServerProcess actor = first()) {
            account.tell(40);
            await().atMost(PATIENCE).until(() -> broker.steps().size() == 1);
            try (ServerProcess other = ServerProcess.startShared(home, Duration.ZERO)) {
                URI address = other.ready(PATIENCE).orElseThrow();
                assertThat(broker.steps()).hasSize(1);
                actor.kill();
                await().atMost(PATIENCE).until(() -> broker.steps().size() == 2);
                assertThat(broker.steps().get(1).path("fence").asLong())
                        .isGreaterThan(broker.steps().get(0).path("fence").asLong());
                String dead = broker.steps().get(0).path("claim").asText();
                assertThat(extend(address, dead)).isEqualTo(409);
                await().atMost(PATIENCE).until(() -> done(address));
                assertThat(broker.steps()).hasSize(2);
                await().atMost(PATIENCE).until(() -> mail.getReceivedMessages().length > 0);
            }
        }
    }

    @Test
    @DisplayName(
            "S1.9 the server that acts stands still and is revived: another one has acted, and the late effect is refused")
    void theActorStandsStill() throws Exception {
        try (ServerProcess actor = first()) {
            account.tell(40);
            await().atMost(PATIENCE).until(() -> broker.steps().size() == 1);
            try (ServerProcess other = ServerProcess.startShared(home, Duration.ZERO)) {
                URI address = other.ready(PATIENCE).orElseThrow();
                Signal.STOP.to(actor.pid());
                await().atMost(PATIENCE).until(() -> broker.steps().size() == 2);
                await().atMost(PATIENCE).until(() -> done(address));
                Signal.CONT.to(actor.pid());
                // What the broker was about to do for the first one when that stood still, it does only now.
                goOn.countDown();
                await().atMost(PATIENCE).until(() -> effects.size() == 2);
                await().atMost(PATIENCE).until(() -> ledger(address).contains("lost its claim"));
                long old = broker.steps().get(0).path("fence").asLong();
                long successor = broker.steps().get(1).path("fence").asLong();
                assertThat(successor).isGreaterThan(old);
                assertThat(effects).containsExactly("done with " + successor, "refused " + old);
                assertThat(extend(address, broker.steps().get(0).path("claim").asText()))
                        .isEqualTo(409);
                assertThat(broker.steps()).hasSize(2);
            }
        }
    }

    @Test
    @DisplayName(
            "S1.11 while 200 mails hang at a mail server that says nothing, an account that falls is acted on before any of them ends")
    void mailsHang() throws Exception {
        goOn.countDown();
        config("45s", "2m");
        try (ServerProcess server = first()) {
            URI address = server.ready(PATIENCE).orElseThrow();
            wire.pause();
            List<Account> hanging = IntStream.range(0, 200)
                    .mapToObj(id -> new Account(redis::ask, "demo:" + id))
                    .toList();
            hanging.forEach(each -> each.address("owner@example.org"));
            hanging.forEach(each -> each.tell(80));
            await().atMost(PATIENCE).until(() -> pending(address) == 200);
            await().atMost(PATIENCE).until(() -> wire.connections() > 0);
            account.tell(120);
            account.tell(40);
            Instant fell = Instant.now();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> broker.steps().size() == 1);
            LOG.log(
                    System.Logger.Level.INFO,
                    "acted after {0} ms while 200 mails hung",
                    Duration.between(fell, Instant.now()).toMillis());
            assertThat(mail.getReceivedMessages()).isEmpty();
            wire.resume();
        }
    }

    /** How many messages are not delivered. */
    private static int pending(URI server) throws IOException, InterruptedException {
        return JSON.readTree(send(HttpRequest.newBuilder(
                                server.resolve("/v1/messages?flow=margin-call&state=pending&limit=500")))
                        .body())
                .path("messages")
                .size();
    }

    private static String ledger(URI server) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve("/v1/ledger?subject=live:17&kind=action")))
                .body();
    }

    private static boolean done(URI server) throws IOException, InterruptedException {
        return ledger(server).contains(": done after");
    }

    private static int extend(URI server, String claim) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.resolve("/v1/claims/" + claim + "/extend"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"for\":\"30s\"}")))
                .statusCode();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}
