package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.crash.CallerProcess.Word;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real server in its process, callers in processes of their own, and what reaches a real mail server. */
@Timeout(180)
class RateLimitProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SUBJECT = "db-down";
    private static final int NODES = 4;
    private static final int EACH = 100;
    private static final Pattern HELD = Pattern.compile("95 held from (\\S+) to (\\S+)\\.");

    @TempDir
    Path home;

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void start() {
        mail.start();
    }

    @AfterEach
    void stop() {
        mail.stop();
    }

    @Test
    @DisplayName("S4.10 four processes with 100 errors each: five mails in total")
    void fourProcesses() throws Exception {
        configure("1h");
        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            URI address = server.ready(PATIENCE).orElseThrow();

            assertThat(postFromFourProcesses(address))
                    .isEqualTo(Map.of(Word.PASS, 4, Word.SUMMARY, 1, Word.SUPPRESS, NODES * EACH - 5));

            awaitStanding(address, 5, NODES * EACH - 5);
            assertThat(subjects()).hasSize(5).containsOnlyOnce("[AGGREGATED x3] The database is down");
        }
    }

    @Test
    @DisplayName("S4.10 a kill -9 and a restart in mid-window keep the counts: five mails in total")
    void aRestartInMidWindow() throws Exception {
        configure("1h");
        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            URI address = server.ready(PATIENCE).orElseThrow();
            try (CallerProcess one = CallerProcess.start(address, SUBJECT, 2)) {
                one.awaitReady();
                one.go();
                assertThat(one.answers()).isEqualTo(Map.of(Word.PASS, 2));
            }
            awaitStanding(address, 2, 0);
            server.kill();
        }
        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            URI address = server.ready(PATIENCE).orElseThrow();

            assertThat(postFromFourProcesses(address))
                    .isEqualTo(Map.of(Word.PASS, 2, Word.SUMMARY, 1, Word.SUPPRESS, NODES * EACH - 3));

            awaitStanding(address, 5, NODES * EACH - 3);
            assertThat(subjects()).hasSize(5).containsOnlyOnce("[AGGREGATED x3] The database is down");
        }
    }

    @Test
    @DisplayName("S4.11 a burst of 100, then silence: one digest at the end of the window, without any further event")
    void aBurstAndThenSilence() throws Exception {
        configure("3s");
        try (ServerProcess server = ServerProcess.start(home, List.of())) {
            URI address = server.ready(PATIENCE).orElseThrow();
            Api api = new Api(() -> address);
            String line =
                    "{\"subject\": \"db-down\", \"title\": \"The database is down\", \"message\": \"no answer\"}\n";
            Instant before = Instant.now();
            try (Stream<String> answers = api.postLines("/v1/flows/errors/occurrences", line.repeat(100))) {
                assertThat(answers.filter(answer -> answer.contains("\"suppress\"")))
                        .hasSize(95);
            }
            Instant after = Instant.now();

            await().atMost(PATIENCE).until(() -> subjects().size() == 6);

            assertThat(Instant.now()).isAfter(before.plusSeconds(3));
            assertThat(subjects()).containsOnlyOnce("[HELD x95] The database is down");
            String text = textOf("[HELD x95]");
            Matcher held = HELD.matcher(text);
            assertThat(held.find()).as(text).isTrue();
            assertThat(Instant.parse(held.group(1))).isBetween(before.minusSeconds(1), after);
            assertThat(Instant.parse(held.group(2))).isBetween(before.minusSeconds(1), after);
            assertThat(text).contains("Examples of what was held:", "The database is down: no answer");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(api.get("/v1/flows").body())
                            .contains("\"in\":100", "\"delivered\":5", "\"reported\":95", "\"unaccounted\":0"));
        }
    }

    private void configure(String window) throws IOException {
        Files.writeString(
                home.resolve("sluice.yaml"), """
                channels:
                  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: gate@example.org, to: [ops@example.org]}
                flows:
                  errors: {allow: 5 per %s, summary-at: 3, digest: at-close, channels: [mail]}
                """.formatted(mail.getSmtp().getPort(), window));
    }

    private static Map<Word, Integer> postFromFourProcesses(URI address) throws IOException {
        List<CallerProcess> callers = CallerProcess.startAll(NODES, address, SUBJECT, EACH);
        try {
            for (CallerProcess each : callers) {
                each.go();
            }
            Map<Word, Integer> all = new EnumMap<>(Word.class);
            for (CallerProcess each : callers) {
                each.answers().forEach((word, count) -> all.merge(word, count, Integer::sum));
            }
            return all;
        } finally {
            callers.forEach(CallerProcess::close);
        }
    }

    /** Waits until so many were delivered, as the server says. */
    private static void awaitStanding(URI address, int delivered, int held) {
        Api api = new Api(() -> address);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                api.get("/v1/flows/errors/subjects/" + SUBJECT).body())
                        .contains("\"delivered\":" + delivered, "\"held\":" + held + ","));
    }

    private List<String> subjects() throws MessagingException {
        List<String> subjects = new ArrayList<>();
        for (MimeMessage each : mail.getReceivedMessages()) {
            subjects.add(each.getSubject());
        }
        return subjects;
    }

    private String textOf(String subject) throws MessagingException, IOException {
        MimeMessage digest = Arrays.stream(mail.getReceivedMessages())
                .filter(each -> hasSubject(each, subject))
                .findFirst()
                .orElseThrow();
        BodyPart text = ((MimeMultipart) digest.getContent()).getBodyPart(0);
        return text.getContent().toString().replace("\r\n", "\n");
    }

    private static boolean hasSubject(MimeMessage mail, String beginning) {
        try {
            return mail.getSubject().startsWith(beginning);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
