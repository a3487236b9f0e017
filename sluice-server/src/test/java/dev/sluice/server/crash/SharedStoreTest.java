package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Four real servers on one store are one gate. One fleet for each kind of store, one subject for each test. */
@ParameterizedClass
@EnumSource
@Timeout(180)
class SharedStoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SERVERS = 4;
    private static final int EACH = 100;
    private static final Queue<Arrival> ARRIVALS = new ConcurrentLinkedQueue<>();
    private static final HttpSink SINK =
            new HttpSink("hook", Temper.always(Conduct.ACCEPT, new Random(1), Duration.ZERO), ARRIVALS::add);

    @TempDir
    static Path homes;

    private static Fleet fleet = Fleet.none();

    SharedStoreTest(SharedStore store) {
        assertThat(store).isNotNull();
    }

    @BeforeParameterizedClassInvocation
    static void startServers(SharedStore store) throws IOException {
        ARRIVALS.clear();
        Path home = Files.createTempDirectory(homes, store.name());
        String yaml = store.yaml() + """
                outbox: {attempt-lease: 4s, tick: 50ms}
                channels:
                  hook: {type: webhook, url: "%s", secret: "%s", timeout: 2s}
                flows:
                  errors: {allow: 5 per 1h, summary-at: 3, digest: at-close, channels: [hook]}
                """.formatted(SINK.url(), Scene.SECRET);
        fleet = Fleet.start(
                home, yaml, List.of(Duration.ZERO, Duration.ofMinutes(5), Duration.ofMinutes(-5), Duration.ZERO));
    }

    @AfterParameterizedClassInvocation
    static void stopServers() {
        fleet.close();
    }

    @AfterAll
    static void stopSink() {
        SINK.close();
    }

    @Test
    @DisplayName("S4.10 four server processes with 100 errors each: five messages in total")
    void fourServers() throws Exception {
        assertThat(postToAll("mk1x", EACH)).isEqualTo(Map.of("pass", 4, "summary", 1, "suppress", SERVERS * EACH - 5));
        awaitMessages("mk1x", 5);
        assertThat(arrivals("mk1x")).as("no twin, because nothing was cut off").hasSize(5);
        for (int i = 0; i < SERVERS; i++) {
            int server = i;
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(subject(server, "mk1x"))
                            .contains("\"delivered\":5", "\"held\":" + (SERVERS * EACH - 5) + ","));
        }
    }

    @Test
    @DisplayName("S4.10 kill -9 of all server processes in mid-window keeps the counts: five messages in total")
    void aRestartOfAllInMidWindow() throws Exception {
        assertThat(postTo(0, "mk2x", 2)).isEqualTo(Map.of("pass", 2));
        awaitMessages("mk2x", 2);
        List<Integer> all = IntStream.range(0, SERVERS).boxed().toList();
        all.forEach(fleet::kill);
        fleet.restart(all);

        assertThat(postToAll("mk2x", EACH)).isEqualTo(Map.of("pass", 2, "summary", 1, "suppress", SERVERS * EACH - 3));
        awaitMessages("mk2x", 5);
    }

    @Test
    @DisplayName("S4.10 kill -9 of one server process in mid-window keeps the counts, and the others go on")
    void aRestartOfOneInMidWindow() throws Exception {
        assertThat(postTo(3, "mk3x", 4)).isEqualTo(Map.of("pass", 3, "summary", 1));
        fleet.kill(3);

        assertThat(postTo(1, "mk3x", EACH)).isEqualTo(Map.of("pass", 1, "suppress", EACH - 1));
        awaitMessages("mk3x", 5);
        fleet.restart(List.of(3));
        assertThat(postTo(3, "mk3x", 1)).isEqualTo(Map.of("suppress", 1));
    }

    private static Map<String, Integer> postToAll(String marker, int each) throws Exception {
        List<Callable<Map<String, Integer>>> calls = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            int server = i;
            calls.add(() -> postTo(server, marker, each));
        }
        ExecutorService threads = Executors.newFixedThreadPool(SERVERS);
        try {
            Map<String, Integer> sum = new TreeMap<>();
            for (Future<Map<String, Integer>> answer : threads.invokeAll(calls)) {
                answer.get().forEach((word, count) -> sum.merge(word, count, Integer::sum));
            }
            return sum;
        } finally {
            threads.shutdown();
        }
    }

    /** Posts the same error many times at once; how often each decision was answered. */
    private static Map<String, Integer> postTo(int server, String marker, int count) throws IOException {
        String line = "{\"subject\": \"" + marker + "\", \"title\": \"" + marker + "\"}\n";
        Map<String, Integer> answers = new TreeMap<>();
        try (var lines = fleet.api(server).postLines("/v1/flows/errors/occurrences", line.repeat(count))) {
            lines.map(Api::json).map(SharedStoreTest::decision).forEach(word -> answers.merge(word, 1, Integer::sum));
        }
        return answers;
    }

    private static String decision(JsonNode answer) {
        return answer.path("decision").asText(answer.toString());
    }

    private static String subject(int server, String marker) throws IOException {
        return fleet.api(server).get("/v1/flows/errors/subjects/" + marker).body();
    }

    /** Waits for so many messages. What a kill cut off comes again under the same id, and is one message. */
    private static void awaitMessages(String marker, int count) {
        await().atMost(PATIENCE).until(() -> messages(marker).size() >= count);
        assertThat(messages(marker)).hasSize(count);
    }

    private static Set<String> messages(String marker) {
        return arrivals(marker).map(Arrival::id).collect(Collectors.toSet());
    }

    private static Stream<Arrival> arrivals(String marker) {
        return ARRIVALS.stream()
                .filter(each ->
                        each.told() instanceof Told.Pass pass && pass.marker().equals(marker));
    }
}
