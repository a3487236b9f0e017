package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.Secret;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.URI;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What arrives in a real mailbox. */
@Timeout(60)
class SmtpDeliveryTest {
    private static final String PASSWORD = "s3cr3t";

    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private Optional<SmtpChannel> channel = Optional.empty();

    @BeforeEach
    void start() {
        server.start();
        server.setUser("gate@example.org", "gate", PASSWORD);
    }

    @AfterEach
    void stop() {
        channel.ifPresent(SmtpChannel::close);
        server.stop();
    }

    @Test
    @DisplayName("S4.1 an aggregated mail says so in its subject, its text and its HTML")
    void summary() throws MessagingException, IOException {
        MimeMessage mail = arrived(Example.outgoing(Example.SUMMARY));

        assertThat(mail.getSubject()).isEqualTo("[AGGREGATED x3] Database down");
        assertThat(mail.getContentType()).startsWith("multipart/alternative");
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getBodyPart(0).getContentType()).isEqualToIgnoringCase("text/plain; charset=UTF-8");
        assertThat((String) parts.getBodyPart(0).getContent()).contains("3 occurrences", "Flow: errors", "No answer");
        assertThat(parts.getBodyPart(1).getContentType()).isEqualToIgnoringCase("text/html; charset=UTF-8");
        assertThat((String) parts.getBodyPart(1).getContent())
                .contains("[AGGREGATED x3] Database down", "3 occurrences", "https://gate.example.org/messages/42");
    }

    @Test
    void headersAreThoseOfAMachine() throws MessagingException, IOException {
        MimeMessage mail = arrived(Example.PASS_OUT);

        assertThat(mail.getFrom()).containsExactly(new InternetAddress("gate@example.org", "Die Wächter", "UTF-8"));
        assertThat(mail.getAllRecipients()).containsExactly(new InternetAddress("ops@example.org"));
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getHeader("Message-ID")).containsExactly("<m42-ops-1@example.org>");
        assertThat(mail.getSentDate()).isEqualTo(Date.from(Example.NOON.minusNanos(250_000_000)));
    }

    @Test
    void twoAttemptsGiveTheSameMail() throws MessagingException, IOException {
        Outgoing first = Example.PASS_OUT;
        MimeMessage one = arrived(first);
        MimeMessage two = arrived(new Outgoing(
                first.message(), first.recipient(), first.idempotencyKey(), first.attempt() + 1, first.timeout()));

        assertThat(two.getMessageID()).isEqualTo(one.getMessageID());
        assertThat(two.getHeader("Date")).isEqualTo(one.getHeader("Date"));
        assertThat(two.getSubject()).isEqualTo(one.getSubject());
    }

    @Test
    void anotherRecipientTakesThePlaceOfTheConfiguredOne() throws MessagingException {
        MimeMessage mail = arrived(Example.outgoing(Example.PASS, "someone@example.org"));

        assertThat(mail.getAllRecipients()).containsExactly(new InternetAddress("someone@example.org"));
    }

    @Test
    void eachConfiguredRecipientGetsADeliveryOfItsOwn() {
        try (SmtpChannel configured = new SmtpChannel(config(), new Rendering(Optional.empty()))) {
            assertThat(configured.recipients()).containsExactly("ops@example.org");
        }
    }

    @Test
    void titlesOfAllTongues() throws MessagingException, IOException {
        String text = "Größe 🔥\n.\nمرحبا بالعالم\n".repeat(5);
        MimeMessage mail = arrived(Example.outgoing(Example.saying("🔥 Großbrand – 火事 مرحبا", text)));

        assertThat(mail.getSubject()).isEqualTo("🔥 Großbrand – 火事 مرحبا");
        assertThat(mail.getHeader("Subject")[0]).matches("\\p{ASCII}*");
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(((String) parts.getBodyPart(0).getContent()).replace("\r\n", "\n"))
                .startsWith(text);
    }

    @Test
    void aTitleCannotAddHeaders() throws MessagingException {
        Message hostile =
                Example.saying("a\r\nBcc: evil@example.org\r\n\r\nbody\u0000\u202Egnp.exe", "x\r\n.\r\nMAIL FROM:<>");

        MimeMessage mail = arrived(Example.outgoing(hostile));

        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getSubject()).isEqualTo("a Bcc: evil@example.org body gnp.exe");
        assertThat(GreenMailUtil.getWholeMessage(mail)).contains("MAIL FROM:<>");
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    private MimeMessage arrived(Outgoing outgoing) {
        if (channel.isEmpty()) {
            channel = Optional.of(
                    new SmtpChannel(config(), new Rendering(Optional.of(URI.create("https://gate.example.org")))));
        }
        assertThat(channel.get().send(outgoing)).isInstanceOf(Receipt.Accepted.class);
        MimeMessage[] mails = server.getReceivedMessages();
        return mails[mails.length - 1];
    }

    private ChannelConfig.Smtp config() {
        return new ChannelConfig.Smtp(
                "127.0.0.1",
                server.getSmtp().getPort(),
                ChannelConfig.Security.NONE,
                Optional.of(new ChannelConfig.Login("gate", Secret.of(PASSWORD))),
                new ChannelConfig.Envelope("Die Wächter <gate@example.org>", List.of("ops@example.org")),
                ChannelConfig.Timeouts.STANDARD);
    }
}
