package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known after an attempt, whatever the mail server does. */
@Timeout(60)
class SmtpChannelTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String PASSWORD = "s3cr3t-p4ss";

    private final MailSink sink = new MailSink();
    private ChannelConfig.Smtp config = config(Security.NONE, Optional.empty());
    private Optional<SmtpChannel> channel = Optional.empty();

    @AfterEach
    void close() {
        channel.ifPresent(SmtpChannel::close);
        sink.close();
    }

    @Test
    void acceptedIsWhatTheServerTookOver() {
        sink.on(MailSink.END, MailSink.reply("250 2.0.0 queued as 17"));

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Accepted("250 2.0.0 queued as 17"));
        assertThat(sink.mails()).hasSize(1);
        assertThat(sink.commands())
                .contains("MAIL FROM:<gate@example.org>", "RCPT TO:<ops@example.org>")
                .first()
                .isEqualTo("EHLO [127.0.0.1]");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("MAIL", "550 5.7.1 not you", true),
                Arguments.of("MAIL", "451 4.3.0 later", false),
                Arguments.of("RCPT", "550 5.1.1 no such user", true),
                Arguments.of("RCPT", "450 4.2.1 mailbox busy", false),
                Arguments.of("DATA", "554 5.7.1 no", true),
                Arguments.of("DATA", "452 4.3.1 disk full", false),
                Arguments.of(MailSink.END, "554 5.6.0 looks like spam", true),
                Arguments.of(MailSink.END, "451 4.7.1 greylisted", false),
                Arguments.of(MailSink.END, "421 4.3.2 shutting down", false));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aNegativeReplyIsARefusal(String step, String reply, boolean permanent) {
        sink.on(step, MailSink.reply(reply));

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Refused(reply, permanent));
    }

    @Test
    void aRefusalIsKnownEvenIfTheServerHangsUpRightAfterIt() {
        sink.on(MailSink.END, client -> {
            client.say("554 5.6.0 looks like spam\r\n");
            MailSink.hangUp().to(client);
        });

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Refused("554 5.6.0 looks like spam", true));
    }

    @Test
    void oneBadAddressDoesNotKeepTheMailFromTheOthers() {
        config = new ChannelConfig.Smtp(
                "127.0.0.1",
                sink.port(),
                Security.NONE,
                Optional.empty(),
                new ChannelConfig.Envelope("gate@example.org", List.of("gone@example.org", "ops@example.org")),
                ChannelConfig.Timeouts.STANDARD);
        sink.on("RCPT", MailSink.reply("550 5.1.1 no such user"), MailSink.reply("250 fine"));

        assertThat(send(Example.PASS_OUT))
                .isEqualTo(new Receipt.Accepted("250 fine; but not for all: 550 5.1.1 no such user"));
        assertThat(sink.mails()).hasSize(1);
    }

    @Test
    void badAddressesOnlyArePermanentOnlyIfAllAre() {
        config = new ChannelConfig.Smtp(
                "127.0.0.1",
                sink.port(),
                Security.NONE,
                Optional.empty(),
                new ChannelConfig.Envelope("gate@example.org", List.of("gone@example.org", "ops@example.org")),
                ChannelConfig.Timeouts.STANDARD);
        sink.on("RCPT", MailSink.reply("550 5.1.1 no such user"), MailSink.reply("450 4.2.1 busy"));

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Refused("550 5.1.1 no such user", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.3.2 shutting down", "530 5.7.0 authentication required"})
    void aReplyThatConcernsTheChannelIsNoFaultOfTheMail(String reply) {
        sink.on("MAIL", MailSink.reply(reply));

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Unreachable(reply));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA"})
    void aConnectionLostBeforeTheBodyIsARefusalThatMayBeTriedAgain(String step) {
        sink.on(step, MailSink.hangUp());

        assertThat(send(Example.PASS_OUT)).isInstanceOfSatisfying(Receipt.Refused.class, refused -> {
            assertThat(refused.permanent()).isFalse();
            assertThat(refused.why()).startsWith("not sent: ");
        });
        assertThat(sink.mails()).isEmpty();
    }

    @Test
    void aConnectionClosedAfterTheBodyLeavesTheOutcomeUnknown() {
        sink.on(MailSink.END, MailSink.hangUp());

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unknown.class);
        assertThat(sink.mails()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hm", "2", "25x fine", "354 go on", "999 what"})
    void aFinalReplyThatMeansNothingLeavesTheOutcomeUnknown(String reply) {
        sink.on(MailSink.END, client -> {
            client.say(reply + "\r\n");
            MailSink.hangUp().to(client);
        });

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unknown.class);
    }

    @Test
    void noFinalReplyInTimeLeavesTheOutcomeUnknown() {
        sink.on(MailSink.END, MailSink.reply("250 fine"), MailSink.hang());
        send(Example.PASS_OUT);

        assertThat(send(Example.within(Example.PASS_OUT, SHORT)))
                .isEqualTo(new Receipt.Unknown("sent, but no final reply: it took too long"));
        assertThat(sink.mails()).hasSize(2);
    }

    @Test
    void aFinalReplyThatDripsDoesNotMoveTheDeadline() {
        sink.on(MailSink.END, MailSink.reply("250 fine"), sink.drip());
        send(Example.PASS_OUT);
        long before = System.nanoTime();

        assertThat(send(Example.within(Example.PASS_OUT, SHORT))).isInstanceOf(Receipt.Unknown.class);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before)).isLessThan(20_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {MailSink.GREETING, "EHLO", "AUTH"})
    void aServerThatSaysNothingBeforeThereIsASessionIsUnreachable(String step) {
        config = config(Security.NONE, login());
        sink.on(step, MailSink.hang());

        assertThat(send(Example.within(Example.PASS_OUT, SHORT)))
                .isEqualTo(new Receipt.Unreachable("127.0.0.1:" + sink.port() + ": it took too long"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA"})
    void aServerThatSaysNothingBeforeTheBodyHasNotGotIt(String step) {
        send(Example.PASS_OUT);
        sink.on(step, MailSink.hang());

        assertThat(send(Example.within(Example.PASS_OUT, SHORT)))
                .isInstanceOfAny(Receipt.Refused.class, Receipt.Unreachable.class);
        assertThat(sink.mails()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"554 no service", "421 busy", "hello?"})
    void aServerThatDoesNotGreetIsUnreachable(String greeting) {
        sink.on(MailSink.GREETING, MailSink.reply(greeting));

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void nobodyListeningIsUnreachable() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            config = config("127.0.0.1", free.getLocalPort(), Security.NONE, Optional.empty());
        }

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void aNameThatDoesNotExistIsUnreachable() {
        config = config("no-such-host.invalid", 25, Security.NONE, Optional.empty());

        assertThat(send(Example.PASS_OUT))
                .isEqualTo(new Receipt.Unreachable("no-such-host.invalid:25: cannot look up no-such-host.invalid"));
    }

    @Test
    void aRefusedLoginIsUnreachableAndTellsNoSecret() {
        config = config(Security.NONE, login());
        sink.on("AUTH", MailSink.reply("535 5.7.8 no: " + PASSWORD));

        Receipt receipt = send(Example.PASS_OUT);

        assertThat(receipt).isInstanceOf(Receipt.Unreachable.class);
        assertThat(receipt.toString())
                .contains("refused the user or the password")
                .doesNotContain(PASSWORD, "535");
        assertThat(config.toString()).doesNotContain(PASSWORD);
    }

    @Test
    void starttlsProtectsLoginAndMail() {
        config = config(Security.STARTTLS, login());
        sink.on("EHLO", MailSink.reply("250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN"))
                .on("STARTTLS", MailSink.startTls(TestTls.localhost()));

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Accepted.class);
        assertThat(sink.commands().indexOf("STARTTLS")).isEqualTo(1);
        assertThat(sink.commands()).anyMatch(command -> command.startsWith("AUTH PLAIN"));
    }

    @Test
    void tlsFromTheFirstByte() {
        config = config(Security.TLS, login());
        sink.on(MailSink.GREETING, MailSink.tlsFirst(TestTls.localhost()));

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Accepted.class);
    }

    @Test
    void withoutStarttlsNothingIsSentInTheClear() {
        config = config(Security.STARTTLS, login());

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unreachable.class);
        assertThat(sink.commands()).noneMatch(command -> command.startsWith("AUTH") || command.startsWith("MAIL"));
    }

    @Test
    void aCertificateForAnotherHostIsUnreachable() {
        config = config(Security.TLS, login());
        sink.on(MailSink.GREETING, MailSink.tlsFirst(TestTls.other()));

        assertThat(send(Example.PASS_OUT, TestTls.other())).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void aCertificateForAnotherHostIsUnreachableAfterStarttlsToo() {
        config = config(Security.STARTTLS, login());
        sink.on("EHLO", MailSink.reply("250-sink\r\n250 STARTTLS")).on("STARTTLS", MailSink.startTls(TestTls.other()));

        assertThat(send(Example.PASS_OUT, TestTls.other())).isInstanceOf(Receipt.Unreachable.class);
        assertThat(sink.mails()).isEmpty();
    }

    @Test
    void aCertificateThatNobodyVouchesForIsUnreachable() {
        config = config(Security.TLS, Optional.empty());
        sink.on(MailSink.GREETING, MailSink.tlsFirst(TestTls.localhost()));

        assertThat(send(Example.PASS_OUT, TestTls.other())).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void aConnectionIsUsedAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Accepted.class);
        }

        assertThat(sink.connections()).isEqualTo(1);
        assertThat(sink.mails()).hasSize(3);
    }

    @Test
    void aConnectionThatTheServerClosedMeanwhileIsReplacedAtOnce() {
        sink.on(MailSink.END, client -> {
            client.say("250 fine\r\n");
            MailSink.hangUp().to(client);
        });

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Accepted.class);
        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Accepted.class);
        assertThat(sink.connections()).isEqualTo(2);
    }

    @Test
    void aMailOfOneMegabyteArrivesCut() {
        assertThat(send(Example.outgoing(Example.saying("big\r\nX-Evil: 1", ".\r\n".repeat(350_000)))))
                .isInstanceOf(Receipt.Accepted.class);
        assertThat(sink.mails()).singleElement().asString().contains("cut here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ops@example.org\r\nRCPT TO:<evil@example.org>",
                "ops@example.org>\nDATA",
                "<ops@example.org> <b@c>",
                "ops",
                "@example.org",
                "ops@",
                "ops@exa mple.org",
                "ops@-example.org",
                "a..b@example.org",
                "\"quoted\"@example.org",
                "ops@example.org,b@example.org",
                "ops@[127.0.0.1]",
                "öps@example.org",
                "ops@example.org\u0000"
            })
    void aBadRecipientIsRefusedForGoodAndNeverSeenByTheServer(String recipient) {
        assertThat(send(Example.outgoing(Example.PASS, recipient)))
                .isInstanceOfSatisfying(Receipt.Refused.class, refused -> {
                    assertThat(refused.permanent()).isTrue();
                    assertThat(refused.why()).contains("is not a mail address").doesNotContain("\n", "\r");
                });
        assertThat(sink.connections()).isZero();
    }

    @Test
    void aBadAddressInTheConfigurationIsAMistakeAtStart() {
        ChannelConfig.Smtp bad = new ChannelConfig.Smtp(
                "localhost",
                25,
                Security.NONE,
                Optional.empty(),
                new ChannelConfig.Envelope("gate@example.org", List.of("a@b\r\nc")),
                ChannelConfig.Timeouts.STANDARD);

        assertThatThrownBy(() -> new SmtpChannel(bad, new Rendering(Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'a@b c' is not a mail address");
    }

    @Test
    void withoutRecipientItIsRefused() {
        config = new ChannelConfig.Smtp(
                "127.0.0.1",
                sink.port(),
                Security.NONE,
                Optional.empty(),
                new ChannelConfig.Envelope("gate@example.org", List.of()),
                ChannelConfig.Timeouts.STANDARD);

        assertThat(send(Example.PASS_OUT))
                .isEqualTo(new Receipt.Refused("neither the occurrence nor the channel names a recipient", true));
    }

    @Test
    void afterCloseItIsUnreachable() {
        send(Example.PASS_OUT);
        channel.orElseThrow().close();

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unreachable.class);
    }

    private Receipt send(Outgoing outgoing) {
        return send(outgoing, TestTls.localhost());
    }

    private Receipt send(Outgoing outgoing, SSLContext trust) {
        if (channel.isEmpty()) {
            channel = Optional.of(new SmtpChannel(config, new Rendering(Optional.empty()), trust));
        }
        return channel.get().send(outgoing);
    }

    private static Optional<ChannelConfig.Login> login() {
        return Optional.of(new ChannelConfig.Login("gate", Secret.of(PASSWORD)));
    }

    private ChannelConfig.Smtp config(Security security, Optional<ChannelConfig.Login> login) {
        return config("127.0.0.1", sink.port(), security, login);
    }

    private static ChannelConfig.Smtp config(
            String host, int port, Security security, Optional<ChannelConfig.Login> login) {
        return new ChannelConfig.Smtp(
                host,
                port,
                security,
                login,
                new ChannelConfig.Envelope("gate@example.org", List.of("ops@example.org")),
                ChannelConfig.Timeouts.STANDARD);
    }
}
