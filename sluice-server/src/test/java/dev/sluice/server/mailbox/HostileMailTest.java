package dev.sluice.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.OnLost;
import dev.sluice.jobs.JobEvent;
import dev.sluice.server.channel.TestTls;
import dev.sluice.server.config.ChannelConfig.Security;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages that somebody wrote to do harm, between two that nobody did. */
@Timeout(120)
class HostileMailTest {
    private static final String RIGHT_TO_LEFT = "\u202E";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private PostOffice office;

    @BeforeEach
    void open() throws IOException {
        ServerSetup plain = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP);
        office = new PostOffice(
                directory, new PostOffice.Terms(plain, Security.NONE, TestTls.localhost(), OnLost.RETRY));
    }

    @AfterEach
    void close() {
        office.close();
    }

    /** What is told of {@code raw}, which stands between two others that are told as well. */
    private JsonNode between(String raw) {
        office.arrives("<before@example.org>", "before");
        office.arrivesRaw(raw);
        office.arrives("<after@example.org>", "after");
        office.run();
        assertThat(office.heard(JobEvent.Failed.class)).isEmpty();
        assertThat(office.hook.told()).hasSize(3);
        assertThat(office.hook.ids()).startsWith("<before@example.org>").endsWith("<after@example.org>");
        office.run();
        assertThat(office.hook.told()).hasSize(3);
        return office.hook.told().get(1).message();
    }

    @Test
    @DisplayName("parts that never end, and a boundary that is none")
    void brokenMime() {
        JsonNode told = between(
                "Message-ID: <x@y>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
                        + "--b\r\nContent-Type: multipart/alternative; boundary=\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nlost");
        assertThat(told.path("id").asText()).isEqualTo("<x@y>");
    }

    @Test
    @DisplayName("an encoding and a charset that nobody knows")
    void unknownEncoding() {
        JsonNode told = between("Message-ID: <x@y>\r\nContent-Type: text/plain; charset=klingon\r\n"
                + "Content-Transfer-Encoding: warp9\r\nSubject: =?klingon?Q?=FF?=\r\n\r\nhello");
        assertThat(told.path("unreadable").asText()).contains("warp9");
    }

    @Test
    @DisplayName("a thousand parts in each other")
    void deep() {
        StringBuilder raw = new StringBuilder("Message-ID: <x@y>\r\nMIME-Version: 1.0\r\n");
        for (int i = 0; i < 1_000; i++) {
            raw.append("Content-Type: multipart/mixed; boundary=\"b")
                    .append(i)
                    .append("\"\r\n\r\n--b")
                    .append(i)
                    .append("\r\n");
        }
        JsonNode told =
                between(raw.append("Content-Type: text/plain\r\n\r\ndeep").toString());
        assertThat(told.path("cut").asBoolean() || told.has("unreadable")).isTrue();
    }

    @Test
    @DisplayName("10 MB of text: its beginning is told, and that it was cut")
    void large() {
        JsonNode told =
                between("Message-ID: <x@y>\r\nContent-Type: text/plain\r\n\r\n" + "0123456789\r\n".repeat(900_000));
        assertThat(told.path("text").asText()).hasSize(MailParts.MOST_TEXT).startsWith("0123456789");
        assertThat(told.path("cut").asBoolean()).isTrue();
        assertThat(told.path("size").asLong()).isGreaterThan(10_000_000);
    }

    @Test
    @DisplayName("10 MB attached: its name and size are told, and the text beside it")
    void attached() {
        JsonNode told = between(
                "Message-ID: <x@y>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
                        + "--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
                        + "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
                        + "Content-Disposition: attachment; filename=\"in" + RIGHT_TO_LEFT + "voice.pdf\"\r\n\r\n"
                        + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\r\n".repeat(280_000) + "\r\n--b--\r\n");
        assertThat(told.path("text").asText().strip()).isEqualTo("see below");
        assertThat(told.path("attachments")).hasSize(1);
        JsonNode attachment = told.path("attachments").path(0);
        assertThat(attachment.path("name").asText())
                .doesNotContain(RIGHT_TO_LEFT)
                .contains("voice.pdf");
        assertThat(attachment.path("size").asLong()).isGreaterThan(10_000_000);
        assertThat(told.path("cut").asBoolean()).isFalse();
    }

    @Test
    @DisplayName("no Message-ID: told once all the same, also when its UID is another one")
    void withoutId() throws Exception {
        JsonNode told = between("From: bob@example.org\r\nSubject: nameless\r\n\r\nnobody knows my name");
        assertThat(told.path("id").asText()).matches("1\\.[0-9a-f]{32}");
        office.renumber();
        office.run();
        assertThat(office.hook.told()).hasSize(3);
    }

    @Test
    @DisplayName("two messages without a Message-ID that say different things are two")
    void twoWithoutId() {
        office.arrivesRaw("From: bob@example.org\r\nSubject: s\r\n\r\none");
        office.arrivesRaw("From: bob@example.org\r\nSubject: s\r\n\r\ntwo");
        office.run();
        assertThat(office.hook.told()).hasSize(2);
    }

    @Test
    @DisplayName("a subject that turns the reading direction, and one in another alphabet")
    void rightToLeft() {
        JsonNode told =
                between("Message-ID: <x@y>\r\nSubject: " + RIGHT_TO_LEFT + "x =?UTF-8?B?16nXnNeV150=?=\r\n\r\nx");
        assertThat(told.path("subject").asText()).doesNotContain(RIGHT_TO_LEFT).contains("\u05E9\u05DC\u05D5\u05DD");
    }

    @Test
    @DisplayName("a head of 2 MB: each line of it is told to a bound")
    void hugeHeaders() {
        JsonNode told = between("Message-ID: <x@y>\r\nSubject: " + "long ".repeat(200_000) + "\r\nTo: "
                + "bob@example.org, ".repeat(60_000) + "bob@example.org\r\n\r\nx");
        assertThat(told.path("subject").asText().length()).isLessThan(2_000);
        assertThat(told.path("to").size()).isLessThanOrEqualTo(100);
    }

    @Test
    @DisplayName("a Message-ID with line breaks and 5,000 letters is one name")
    void longId() {
        JsonNode told = between("Message-ID:\r\n <" + "x".repeat(5_000) + "\r\n y@z>\r\nSubject: s\r\n\r\nx");
        assertThat(told.path("id").asText()).startsWith("<xxx").endsWith("y@z>").doesNotContain(" ");
    }

    @Test
    @DisplayName("HTML alone is told as it is, and called so")
    void html() {
        JsonNode told = between(
                "Message-ID: <x@y>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>hi</b><script>1</script>");
        assertThat(told.path("text_type").asText()).isEqualTo("text/html");
        assertThat(told.path("text").asText()).startsWith("<b>hi</b>");
    }
}
