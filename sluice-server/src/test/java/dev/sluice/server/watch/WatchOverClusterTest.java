package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.testbed.RedisCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The margin call of docs/watches.md where accounts are spread over a Redis cluster of three masters. */
@Timeout(180)
class WatchOverClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final RedisCluster redis = RedisCluster.shared();
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private Broker broker;

    @BeforeEach
    void start() throws IOException {
        mail.start();
        broker = new Broker(step -> {
            new Account(redis::ask, step.path("subject").asText()).write(101);
            return "{\"more\": true}";
        });
    }

    @AfterEach
    void stop() {
        broker.close();
        mail.stop();
    }

    private List<Account> accounts(String type) {
        List<Account> all = IntStream.range(0, 12)
                .mapToObj(id -> new Account(redis::ask, type + ":" + id))
                .toList();
        for (int id = 0; id < all.size(); id++) {
            all.get(id).address(type + "-" + id + "@example.org");
        }
        return all;
    }

    private void awaitMails(int count) {
        await().atMost(PATIENCE).until(() -> mail.getReceivedMessages().length >= count);
    }

    @Test
    @DisplayName("S1.1, S1.5, S1.13 accounts of all masters are heard, read, swept up and acted on, each once")
    void accountsOfAllMasters() throws Exception {
        List<Account> before = accounts("strategy_provider");
        before.forEach(account -> account.write(80));
        Path config = new MarginCall(redis.url(), mail.getSmtp().getPort(), broker.url())
                .withoutRegularSweep()
                .write(directory, "");
        ConfigReader reader = new ConfigReader(
                Optional.of(config), Map.of(), Optional.of(directory.resolve("data")), Optional.of("127.0.0.1:0"));
        try (Server server = Server.start(reader.read())) {
            assertThat(server.port()).isPositive();
            awaitMails(12);
            List<Account> after = accounts("copy_follower");
            after.forEach(account -> account.tell(80));
            awaitMails(24);
            Account falling = new Account(redis::ask, "demo:1");
            falling.address("demo-1@example.org");
            falling.tell(40);
            awaitMails(25);
            await().atMost(PATIENCE).until(() -> broker.steps().size() == 1);
            assertThat(Arrays.stream(mail.getReceivedMessages())
                            .map(told -> recipient(told))
                            .toList())
                    .doesNotHaveDuplicates()
                    .hasSize(25);
        }
    }

    private static String recipient(jakarta.mail.internet.MimeMessage told) {
        try {
            return told.getAllRecipients()[0].toString();
        } catch (jakarta.mail.MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
