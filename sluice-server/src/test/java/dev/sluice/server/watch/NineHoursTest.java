package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.RedisServer;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nine hours of an account below 100 %, by a clock that is moved by hand; Redis and the mail server are real. */
@Timeout(300)
class NineHoursTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration APART = Duration.ofMillis(200);
    private static final Duration WINDOW = Duration.ofHours(3);
    private static final Duration LONG = Duration.ofHours(9);
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final String SUBJECT = "live:17";

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final RedisServer redis = RedisServer.start();
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final List<Duration> times = new ArrayList<>();
    private Socket calculator;
    private PrintStream says;
    private BufferedReader hears;
    private int unanswered;
    private Broker broker;
    private Server server;

    @BeforeEach
    void start() throws Exception {
        mail.start();
        broker = new Broker(step -> "");
        calculator = new Socket(InetAddress.getLoopbackAddress(), redis.port());
        says = new PrintStream(new BufferedOutputStream(calculator.getOutputStream()), false, StandardCharsets.UTF_8);
        hears = new BufferedReader(new InputStreamReader(calculator.getInputStream(), StandardCharsets.UTF_8));
        server = serve();
    }

    private Server serve() throws Exception {
        Path file = new MarginCall(redis.url(), mail.getSmtp().getPort(), broker.url())
                .withoutRegularSweep()
                .write(directory, "store: 'memory:'\n");
        ConfigReader reader = new ConfigReader(
                Optional.of(file), Map.of(), Optional.of(directory.resolve("data")), Optional.of("127.0.0.1:0"));
        Server started = Server.start(reader.read().ticking(Duration.ZERO), clock::get);
        await().atMost(PATIENCE).until(() -> Account.listeners(redis) == 1);
        return started;
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        calculator.close();
        broker.close();
        mail.stop();
        redis.close();
    }

    /** As the calculator of portfolios does it: the hash, and then word of it. */
    private void event(int number, Instant at) {
        says.print("HSET user_portfolio:{%s} margin_level %d used_margin 1000 calc_status ok ts %d\r\n"
                .formatted(SUBJECT, 80 + number % 7, at.toEpochMilli()));
        says.print("PUBLISH portfolio_updates " + SUBJECT + "\r\n");
        unanswered += 2;
    }

    /** What was announced is in Redis, and what is due is done. */
    private void look() throws IOException {
        says.flush();
        for (; unanswered > 0; unanswered--) {
            assertThat(hears.readLine()).startsWith(":");
        }
        server.tick();
        while (times.size() < mail.getReceivedMessages().length) {
            times.add(Duration.between(BEGIN, clock.get()));
        }
    }

    @Test
    @DisplayName("S1.1 of 162,000 events in nine hours three are mailed: at 0, 10800 and 21600 s exactly")
    void nineHours() throws IOException {
        Account account = new Account(redis::ask, SUBJECT);
        account.address("owner@example.org");
        int events = 0;
        for (Duration at = Duration.ZERO; at.compareTo(LONG) < 0; at = at.plus(APART)) {
            clock.set(BEGIN.plus(at));
            event(events++, BEGIN.plus(at));
            boolean windowEnds = at.toMillis() % WINDOW.toMillis() == 0;
            if (windowEnds) {
                int mails = times.size() + 1;
                await().atMost(PATIENCE).until(() -> {
                    look();
                    return times.size() == mails;
                });
            } else if (at.toMillis() % LOOK.toMillis() == 0) {
                look();
            }
        }
        look();
        assertThat(events).isEqualTo(162_000);
        assertThat(times).containsExactly(Duration.ZERO, WINDOW, WINDOW.multipliedBy(2));
        assertThat(mail.getReceivedMessages()).hasSize(3);
        assertThat(broker.steps()).isEmpty();
    }
}
