package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.config.ConfigReader;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a budget of recipients lets into one real mailbox, however its address is written. */
@Timeout(60)
class MailboxBudgetTest {
    private static final List<String> SPELLINGS = List.of(
            "ann@example.org",
            "Ann <ann@example.org>",
            "<ann@example.org>",
            "Bob <ann@example.org>",
            "\\\"Ann, A.\\\" <ANN@Example.ORG>",
            "Eve <ANN@Example.ORG>",
            "ann@example.org\u200B",
            "ann@ex\u00ADample.org",
            "ann@\uFF45xample\uFF0Eorg");

    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2026-01-14T18:00:00Z");
    private final GreenMail mails = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void startMails() {
        mails.start();
    }

    @AfterEach
    void stopMails() {
        mails.stop();
    }

    private Server start() throws Exception {
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"), """
                channels:
                  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: gate@example.org}
                  second: {type: smtp, host: 127.0.0.1, port: %1$d, security: none, from: gate@example.org}
                  kept: {type: inbox}
                budgets:
                  recipient: {per: recipient, allow: 5 per 10m}
                flows:
                  errors: {allow: 50 per 1h, budgets: [recipient], channels: [mail]}
                  alerts: {allow: 50 per 1h, budgets: [recipient], channels: [second]}
                  notes: {allow: 50 per 1h, budgets: [recipient], channels: [kept]}
                """.formatted(mails.getSmtp().getPort()));
        ConfigReader reader = new ConfigReader(Optional.of(file), Map.of(), Optional.of(directory), Optional.of("0"));
        return Server.start(reader.read().ticking(Duration.ZERO), () -> now);
    }

    private static String post(Server server, String flow, String subject, List<String> recipients) throws Exception {
        String all = recipients.stream().map(each -> '"' + each + '"').collect(Collectors.joining(", ", "[", "]"));
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/occurrences"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"subject\": \"" + subject + "\", \"title\": \"t\", \"recipients\": " + all + "}"))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        server.tick();
        return answer;
    }

    private int arrived() {
        return mails.getReceivedMessages().length;
    }

    @Test
    void aMailboxGetsWhatItsBudgetAllowsUnderAnySpellingAndOverAnyChannelAndOneDigest() throws Exception {
        try (Server server = start()) {
            for (String spelling : SPELLINGS) {
                for (int i : IntStream.range(0, 7).toArray()) {
                    post(server, "errors", "error " + i + " " + SPELLINGS.indexOf(spelling), List.of(spelling));
                }
            }
            post(server, "alerts", "alert", List.of("Yet Another <ann@example.org>"));
            assertThat(arrived()).isEqualTo(5);
            assertThat(post(server, "notes", "note", List.of("Nobody Else <ann@example.org>")))
                    .as("a channel that sends no mail knows the mailbox as well")
                    .contains("\"reason\":\"budget\"");
            assertThat(post(server, "errors", "other", List.of("ann+x@example.org")))
                    .as("another mailbox, as far as anybody but its server knows")
                    .contains("\"decision\":\"pass\"");
            assertThat(arrived()).isEqualTo(6);

            now = now.plus(Duration.ofMinutes(10));
            server.tick();
            assertThat(mails.getReceivedMessages())
                    .filteredOn(mail -> subject(mail).contains("budget recipient of ann@example.org"))
                    .as("one over each channel")
                    .hasSize(2);
            assertThat(arrived()).isEqualTo(8);
        }
    }

    @Test
    void aMailboxThatAnOccurrenceNamesSeveralTimesGetsOneMail() throws Exception {
        try (Server server = start()) {
            post(server, "errors", "one", SPELLINGS);
            assertThat(arrived()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoAddressTakesNothingFromOneThatItLooksLike() throws Exception {
        try (Server server = start()) {
            post(server, "errors", "one", List.of("a\u200Bnn@example.org", "ann@example.org"));
            assertThat(arrived()).isEqualTo(1);
        }
    }

    private static String subject(MimeMessage mail) {
        try {
            return String.valueOf(mail.getSubject());
        } catch (jakarta.mail.MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
