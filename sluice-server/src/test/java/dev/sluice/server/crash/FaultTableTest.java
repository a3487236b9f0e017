package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers on one database, each of them told of the same fifty errors, and a receiver that is slow, failing, or
 * hears of them by a server that stands still: how many messages it takes. Every build runs it ten times as fast as it is
 * meant; in real time it is
 *
 * <pre>{@code
 * ./mvnw -pl sluice-server -am test -Dtest=FaultTableTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.faults.speed=1
 * }</pre>
 */
@Timeout(900)
class FaultTableTest {
    private static final int SPEED = Integer.getInteger("sluice.faults.speed", 10);
    private static final int KEYS = 50;
    private static final int SERVERS = 3;
    /** In the short form far from the time-out: a busy machine takes a second more, and the sender would be right to repeat. */
    private static final Duration SLOW = real(SPEED == 1 ? 20 : 5);

    private static final Duration FAILING = real(45);
    private static final Duration FROZEN = real(40);
    private static final Duration REPLY = real(2);
    private static final Duration TIMEOUT = real(30);
    private static final Duration ATTEMPT_LEASE = real(35);
    private static final Duration PATIENCE = real(400).plusSeconds(30);

    @TempDir
    static Path home;

    private static final Queue<Arrival> ARRIVALS = new ConcurrentLinkedQueue<>();
    private static final Queue<AutoCloseable> SINKS = new ConcurrentLinkedQueue<>();
    private static final Temper FAILS = Temper.always(Conduct.REFUSE, new Random(1), Duration.ZERO);
    private static Fleet fleet = Fleet.none();

    private static Duration real(int seconds) {
        return Duration.ofSeconds(seconds).dividedBy(SPEED);
    }

    @BeforeAll
    static void startServers() {
        String yaml = "store: " + PostgresServer.shared().fresh().url() + """

                operator: {channels: [inbox], allow: 10 per 1h}
                outbox: {attempt-lease: %dms, tick: 50ms}
                channels:
                """.formatted(ATTEMPT_LEASE.toMillis())
                + channel("slow", Temper.always(Conduct.LATE, new Random(1), SLOW))
                + channel("failing", FAILS)
                + channel("frozen", Temper.always(Conduct.LATE, new Random(1), REPLY))
                + "flows:\n"
                + flow("slow", "slow", "retry")
                + flow("failing", "failing", "retry")
                + flow("frozen-retry", "frozen", "retry")
                + flow("frozen-drop", "frozen", "drop");
        fleet = Fleet.start(home, yaml, List.of(Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    private static String channel(String name, Temper temper) {
        HttpSink sink = new HttpSink(name, temper, ARRIVALS::add);
        SINKS.add(sink);
        return "  %s: {type: webhook, url: \"%s\", secret: \"%s\", timeout: %dms}\n"
                .formatted(name, sink.url(), Scene.SECRET, TIMEOUT.toMillis());
    }

    private static String flow(String name, String channel, String lost) {
        return """
              %s:
                allow: once per 1d
                on-lost-claim: %s
                on-failure: {retry: {first: %dms, factor: 2, max: %dms, jitter: 20%%, from: failure, attempts: 1000}}
                channels: [%s]
            """.formatted(name, lost, real(1).toMillis(), real(5).toMillis(), channel);
    }

    @AfterAll
    static void stop() throws Exception {
        fleet.close();
        for (AutoCloseable sink : SINKS) {
            sink.close();
        }
    }

    @Test
    @DisplayName("A receiver that answers after 20 s takes 50 messages for 50 keys")
    void aSlowReceiver() throws IOException {
        tellAll("slow", 1_000);
        awaitRest("slow");

        assertThat(arrivals(1_000)).hasSize(KEYS);
        show("receiver answers after 20 s", 1_000);
    }

    @Test
    @DisplayName("A receiver that answers 500 for 45 s takes 50 messages for 50 keys")
    void aFailingReceiver() throws IOException {
        tellAll("failing", 2_000);
        Victim.rest(FAILING);
        FAILS.calmDown();
        awaitRest("failing");

        assertThat(arrivals(2_000)).hasSize(KEYS);
        show("receiver answers 500 for 45 s", 2_000);
    }

    @Test
    @DisplayName("A server frozen for 40 s in mid-send: 50 keys, and a twin only for what was in flight under retry")
    void aFrozenServer() throws IOException {
        tellAll("frozen-retry", 3_000);
        int inFlight = freezeInMidSend(3_000);
        awaitRest("frozen-retry");

        assertThat(distinct(3_000)).isEqualTo(KEYS);
        assertThat(arrivals(3_000).size() - KEYS).isLessThanOrEqualTo(inFlight);
        show("server frozen for 40 s, retry", 3_000);
    }

    @Test
    @DisplayName("A server frozen for 40 s in mid-send under drop: nothing comes twice")
    void aFrozenServerUnderDrop() throws IOException {
        tellAll("frozen-drop", 4_000);
        freezeInMidSend(4_000);
        awaitRest("frozen-drop");

        assertThat(distinct(4_000)).isEqualTo(arrivals(4_000).size());
        assertThat(distinct(4_000) + assumed("frozen-drop")).isGreaterThanOrEqualTo(KEYS);
        show("server frozen for 40 s, drop", 4_000);
    }

    /** Freezes a server while the receiver has messages that it did not answer yet; how many those were. */
    private static int freezeInMidSend(int first) {
        await().atMost(PATIENCE).until(() -> !arrivals(first).isEmpty());
        ServerProcess frozen = fleet.server(0);
        Signal.STOP.to(frozen.pid());
        int inFlight = arrivals(first).size();
        Victim.rest(FROZEN);
        Signal.CONT.to(frozen.pid());
        return inFlight;
    }

    /** Tells every server of every key, as whoever wants to be sure does. */
    private static void tellAll(String flow, int first) throws IOException {
        for (int key = first; key < first + KEYS; key++) {
            String body = "{\"subject\":\"s%1$d\",\"title\":\"mk%1$dx happened\",\"message\":\"again\"}".formatted(key);
            for (int server = 0; server < SERVERS; server++) {
                Api.Reply reply =
                        fleet.api(server).post(Load.path(flow), body, Map.of("Content-Type", "application/json"));
                assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            }
        }
    }

    /** Until the servers mean to send nothing more of a flow. */
    private static void awaitRest(String flow) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() ->
                        stored(flow).size() == KEYS && stored(flow).stream().noneMatch(Stored::open));
    }

    private static List<Stored> stored(String flow) throws IOException {
        List<Stored> all = new ArrayList<>();
        fleet.api(1)
                .get("/v1/messages?limit=1000&flow=" + flow)
                .json()
                .path("messages")
                .forEach(each -> {
                    Stored message = Stored.of(each);
                    if (message.flow().equals(flow)) {
                        all.add(message);
                    }
                });
        return all;
    }

    private static long assumed(String flow) throws IOException {
        return stored(flow).stream()
                .filter(each -> each.state().equals("assumed"))
                .count();
    }

    private static List<Arrival> arrivals(int first) {
        return ARRIVALS.stream()
                .filter(each -> each.told() instanceof Told.Pass pass && number(pass) / 1_000 * 1_000 == first)
                .toList();
    }

    private static int number(Told.Pass pass) {
        return Integer.parseInt(pass.marker().replaceAll("\\D", ""));
    }

    private static long distinct(int first) {
        return arrivals(first).stream().map(Arrival::id).distinct().count();
    }

    @SuppressWarnings("SystemOut")
    private static void show(String fault, int first) {
        if (SPEED == 1) {
            System.out.printf(
                    "%-32s %3d messages, %3d different idempotency keys%n",
                    fault, arrivals(first).size(), distinct(first));
        }
    }
}
