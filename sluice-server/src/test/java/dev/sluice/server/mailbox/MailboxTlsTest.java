package dev.sluice.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.DummySSLServerSocketFactory;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.OnLost;
import dev.sluice.jobs.JobEvent;
import dev.sluice.server.channel.TestTls;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.config.ImapConfig;
import dev.sluice.server.config.Secret;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets to see the password of a mailbox. */
@Timeout(120)
class MailboxTlsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** The mail server of the tests shows the certificate for localhost and 127.0.0.1. */
    @BeforeAll
    static void certificate() throws URISyntaxException {
        Path file = Path.of(Objects.requireNonNull(TestTls.class.getResource("localhost.p12"))
                .toURI());
        System.setProperty(DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_FILE_PROPERTY, file.toString());
        System.setProperty(DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_PASSWORD_PROPERTY, "changeit");
        System.setProperty(DummySSLServerSocketFactory.GREENMAIL_KEY_PASSWORD_PROPERTY, "changeit");
    }

    private PostOffice office(String address, String protocol, Security security, SSLContext tls) throws IOException {
        ServerSetup setup = new ServerSetup(0, address, protocol);
        PostOffice office = new PostOffice(directory, new PostOffice.Terms(setup, security, tls, OnLost.RETRY));
        office.arrives("<a@example.org>", "a");
        office.run();
        return office;
    }

    private static String failure(PostOffice office) {
        assertThat(office.hook.told()).isEmpty();
        assertThat(office.jobs()
                        .subjects()
                        .find(PostOffice.KIND, PostOffice.SUBJECT)
                        .flatMap(kept -> kept.paused()))
                .isEmpty();
        return office.heard(JobEvent.Failed.class).get(0).reason();
    }

    @Test
    @DisplayName("IMAPS with a certificate that is trusted is read")
    void trusted() throws IOException {
        try (PostOffice office = office("127.0.0.1", ServerSetup.PROTOCOL_IMAPS, Security.TLS, TestTls.localhost())) {
            assertThat(office.hook.ids()).containsExactly("<a@example.org>");
        }
    }

    @Test
    @DisplayName("IMAPS with a certificate that nobody trusts fails the run")
    void untrusted() throws Exception {
        try (PostOffice office =
                office("127.0.0.1", ServerSetup.PROTOCOL_IMAPS, Security.TLS, SSLContext.getDefault())) {
            assertThat(failure(office)).contains("certification path");
        }
    }

    @Test
    @DisplayName("IMAPS with a trusted certificate of another host fails the run")
    void otherHost() throws IOException {
        try (PostOffice office = office("127.0.0.2", ServerSetup.PROTOCOL_IMAPS, Security.TLS, TestTls.localhost())) {
            assertThat(failure(office)).contains("127.0.0.2");
        }
    }

    @Test
    @DisplayName("a server without STARTTLS is told no password where STARTTLS is asked for")
    void noStarttls() throws IOException {
        try (PostOffice office =
                office("127.0.0.1", ServerSetup.PROTOCOL_IMAP, Security.STARTTLS, TestTls.localhost())) {
            assertThat(failure(office)).containsIgnoringCase("STARTTLS");
        }
    }

    @Test
    @DisplayName("a mailbox elsewhere is never read in the clear")
    void plainElsewhere() {
        ChannelConfig.Login login = new ChannelConfig.Login("ann", Secret.of("s3cr3t-word"));
        assertThatThrownBy(() -> new ImapConfig(
                        "203.0.113.7",
                        143,
                        Security.NONE,
                        login,
                        ImapConfig.Reading.STANDARD,
                        ImapConfig.Timeouts.STANDARD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only by tls or starttls")
                .hasMessageNotContaining("s3cr3t-word");
    }

    @Test
    @DisplayName("by default a mailbox is read by TLS on port 993")
    void standard() {
        ImapConfig standard = ImapConfig.of("imap.example.org", "ann", Secret.of("s3cr3t-word"));
        assertThat(standard.security()).isEqualTo(Security.TLS);
        assertThat(standard.port()).isEqualTo(993);
        assertThat(standard.toString()).doesNotContain("s3cr3t-word");
    }
}
