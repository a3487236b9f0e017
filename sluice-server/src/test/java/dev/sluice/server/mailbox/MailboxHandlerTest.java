package dev.sluice.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.OnLost;
import dev.sluice.jobs.JobEvent;
import dev.sluice.jobs.JobState;
import dev.sluice.jobs.Triggered;
import dev.sluice.server.channel.Signature;
import dev.sluice.server.channel.TestTls;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.testbed.Proxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mailbox of a real mail server, read by a job. */
@Timeout(120)
class MailboxHandlerTest {
    private static final ServerSetup PLAIN = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private PostOffice office;

    @BeforeEach
    void open() throws IOException {
        office = office(OnLost.RETRY);
    }

    private PostOffice office(OnLost onLost) throws IOException {
        return new PostOffice(directory, new PostOffice.Terms(PLAIN, Security.NONE, TestTls.localhost(), onLost));
    }

    @AfterEach
    void close() {
        office.close();
    }

    private void arrive(String... names) {
        for (String name : names) {
            office.arrives("<" + name + "@example.org>", "about " + name);
        }
    }

    private static List<String> ids(String... names) {
        return Arrays.stream(names).map(name -> "<" + name + "@example.org>").toList();
    }

    private List<String> failures() {
        return office.heard(JobEvent.Failed.class).stream()
                .map(JobEvent.Failed::reason)
                .toList();
    }

    @Test
    @DisplayName("each new message is told once, in order, and says what it is")
    void eachOnce() {
        arrive("a", "b", "c");
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b", "c"));
        Hook.Told first = office.hook.told().get(0);
        assertThat(first.body().path("job").asText()).isEqualTo("mailbox");
        assertThat(first.body().path("subject").asText()).isEqualTo("123");
        assertThat(first.message().path("from").asText()).isEqualTo("Bob <bob@example.org>");
        assertThat(first.message().path("to").path(0).asText()).isEqualTo("ann@example.org");
        assertThat(first.message().path("subject").asText()).isEqualTo("about a");
        assertThat(first.message().path("date").asText()).isEqualTo("2024-01-01T09:00:00Z");
        assertThat(first.message().path("text").asText()).startsWith("Hello, about a");
        assertThat(first.message().path("uid").asLong()).isPositive();
        assertThat(office.heard(JobEvent.Done.class)).hasSize(1);
    }

    @Test
    @DisplayName("what a webhook is told is signed")
    void signed() throws Exception {
        arrive("a");
        office.run();
        Hook.Told told = office.hook.told().get(0);
        Instant at = Instant.ofEpochSecond(Long.parseLong(told.signature().replaceAll("t=(\\d+),.*", "$1")));
        assertThat(told.signature())
                .isEqualTo(Signature.of(told.raw().getBytes(StandardCharsets.UTF_8), at, PostOffice.SIGNED));
    }

    @Test
    @DisplayName("the second run tells only what is new")
    void onlyNew() {
        arrive("a", "b");
        office.run();
        office.run();
        arrive("c");
        office.run();
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b", "c"));
    }

    @Test
    @DisplayName("the first run looks back for as long as it is told, and no further")
    void firstLook() {
        office.arrivesAt(
                "Message-ID: <old@example.org>\r\n\r\nold", Instant.now().minus(Duration.ofHours(25)));
        office.arrivesAt(
                "Message-ID: <young@example.org>\r\n\r\nyoung", Instant.now().minus(Duration.ofHours(23)));
        office.run();
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("young"));
    }

    @Test
    @DisplayName(
            "a worker that dies between telling and writing it down: the same Idempotency-Key again, one effect for each message")
    void diesAndTellsAgain() {
        arrive("a", "b");
        dieOnceTold();
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a"));
        revive();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "a", "b"));
        assertThat(new HashSet<>(office.hook.told().stream()
                        .map(Hook.Told::idempotencyKey)
                        .toList()))
                .hasSize(2);
        assertThat(Long.parseLong(office.hook.told().get(1).fence()))
                .isGreaterThan(Long.parseLong(office.hook.told().get(0).fence()));
    }

    @Test
    @DisplayName("the same worker where a lost claim counts as told: one request for each message")
    void diesAndDrops() throws IOException {
        office.close();
        office = office(OnLost.DROP);
        arrive("a", "b");
        dieOnceTold();
        office.run();
        revive();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b"));
    }

    private void dieOnceTold() {
        office.hook.answers(told -> {
            office.dies(true);
            return 200;
        });
    }

    private void revive() {
        office.dies(false);
        office.hook.answers(told -> 200);
        office.pass(Duration.ofMinutes(5));
        office.jobs().tick();
    }

    @Test
    @DisplayName("a worker that died a moment ago is waited for, for a lease at most")
    void waitsForTheLease() {
        arrive("a", "b");
        dieOnceTold();
        office.run();
        office.dies(false);
        office.hook.answers(told -> 200);
        office.jobs().tryNow(PostOffice.KIND, PostOffice.SUBJECT);
        Instant before = office.now();
        office.jobs().tick();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "a", "b"));
        assertThat(Duration.between(before, office.now())).isLessThanOrEqualTo(PostOffice.LEASE);
    }

    @Test
    @DisplayName("another UIDVALIDITY tells nothing again, and what is new with it")
    void renumbered() throws Exception {
        arrive("a", "b");
        office.run();
        office.renumber();
        arrive("c");
        office.run();
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b", "c"));
        assertThat(failures()).isEmpty();
    }

    @Test
    @DisplayName("S5.14 a bad password pauses the user, names the account and not the password, and is not tried again")
    void badPassword() {
        arrive("a");
        office.password("wrong-word");
        office.run();
        String reason = office.jobs()
                .subjects()
                .find(PostOffice.KIND, PostOffice.SUBJECT)
                .orElseThrow()
                .paused()
                .orElseThrow();
        assertThat(reason).contains("ann").contains("127.0.0.1").doesNotContain("wrong-word");
        assertThat(office.jobs().status(PostOffice.KIND, PostOffice.SUBJECT)).isEmpty();
        assertThat(office.jobs().trigger(PostOffice.KIND, PostOffice.SUBJECT, ""))
                .isEqualTo(new Triggered.Paused(reason));
        assertThat(office.hook.told()).isEmpty();
    }

    @Test
    @DisplayName("after a pause the first run still looks back from the day that was not read")
    void resumed() {
        arrive("a");
        office.password("wrong-word");
        office.run();
        office.password(PostOffice.PASSWORD);
        office.pass(Duration.ofDays(5));
        office.jobs().subjects().resume(PostOffice.KIND, PostOffice.SUBJECT);
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a"));
    }

    @Test
    @DisplayName("a mail server that is away fails the run, which is tried again after its rest")
    void away() {
        arrive("a");
        try (Proxy proxy = Proxy.to(office.port())) {
            int port = office.port();
            office.through(proxy.port());
            proxy.refuse();
            office.run();
            assertThat(failures()).hasSize(1).first().asString().doesNotContain(PostOffice.PASSWORD);
            assertThat(office.jobs()
                            .status(PostOffice.KIND, PostOffice.SUBJECT)
                            .orElseThrow()
                            .state())
                    .isEqualTo(JobState.RESTING);
            office.through(port);
        }
        office.pass(Duration.ofMinutes(5));
        office.jobs().tick();
        assertThat(office.hook.ids()).isEqualTo(ids("a"));
    }

    @Test
    @DisplayName("a run has one connection, and leaves none behind")
    void oneConnection() {
        arrive("a", "b", "c");
        List<Integer> connections = new CopyOnWriteArrayList<>();
        try (Proxy proxy = Proxy.to(office.port())) {
            office.through(proxy.port());
            office.hook.answers(told -> {
                connections.add(proxy.connections());
                return 200;
            });
            office.run();
            await().until(() -> proxy.connections() == 0);
        }
        assertThat(connections).containsExactly(1, 1, 1);
    }

    @Test
    @DisplayName("a message that the webhook refuses for good is given up, and keeps no other back")
    void givenUp() {
        arrive("a", "b", "c");
        office.hook.answers(told -> told.id().startsWith("<b@") ? 422 : 200);
        office.run();
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b", "c"));
        assertThat(office.givenUp).containsExactly("<b@example.org>: status 422");
        assertThat(failures()).isEmpty();
    }

    @Test
    @DisplayName("a webhook that cannot take a message now fails the run, and what it has taken is not told again")
    void notNow() {
        arrive("a", "b", "c");
        office.hook.answers(told -> told.id().startsWith("<b@") ? 503 : 200);
        office.run();
        assertThat(failures()).containsExactly("the webhook has not taken a message: status 503");
        office.hook.answers(told -> 200);
        office.pass(Duration.ofMinutes(5));
        office.jobs().tick();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b", "b", "c"));
    }

    @Test
    @DisplayName("a run that lost its claim stops at once, and the next one goes on with a higher fence")
    void lostClaim() {
        arrive("a", "b");
        AtomicInteger answered = new AtomicInteger();
        office.hook.answers(told -> {
            if (answered.incrementAndGet() == 1) {
                office.jobs().release(PostOffice.KIND, PostOffice.SUBJECT);
            }
            return 200;
        });
        office.run();
        office.pass(Duration.ofMinutes(5));
        office.jobs().tick();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b"));
        assertThat(Long.parseLong(office.hook.told().get(1).fence()))
                .isGreaterThan(Long.parseLong(office.hook.told().get(0).fence()));
    }

    @Test
    @DisplayName("a run tells no more than it may, and the next one goes on with the rest")
    void most() {
        arrive("a", "b", "c", "d", "e");
        office.most(2);
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b"));
        office.run();
        office.run();
        assertThat(office.hook.ids()).isEqualTo(ids("a", "b", "c", "d", "e"));
    }
}
