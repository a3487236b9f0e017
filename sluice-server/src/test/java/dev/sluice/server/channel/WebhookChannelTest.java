package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a web server gets, and what is known after an attempt, whatever it does. */
@Timeout(60)
class WebhookChannelTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String TOKEN = "Bearer t0k3n";

    private WebSink sink = new WebSink(Optional.empty());
    private Optional<Secret> secret = Optional.empty();
    private Optional<WebhookChannel> channel = Optional.empty();

    @AfterEach
    void close() {
        channel.ifPresent(WebhookChannel::close);
        sink.close();
    }

    @Test
    void aDigestTellsAllItsFacts() throws IOException {
        assertThat(send(Example.outgoing(Example.DIGEST))).isEqualTo(new Receipt.Accepted("status 204"));

        assertThat(body()).isEqualTo(new ObjectMapper().readTree("""
                {"flow": "errors", "variant": "critical", "subject": "billing/timeout", "kind": "digest",
                 "title": "[HELD x95] Database down", "message": "No answer from db-1\\nfor 30 s", "severity": "error",
                 "occurrences": 95, "held": 95,
                 "first": "2026-03-04T11:10:00.250Z", "last": "2026-03-04T11:50:00.250Z",
                 "at": "2026-03-04T12:00:00.250Z", "heldUntil": null,
                 "samples": [
                   {"at": "2026-03-04T11:10:00.250Z", "title": "Database down", "message": "No answer from db-1"},
                   {"at": "2026-03-04T11:26:40.250Z", "title": "", "message": "No answer from db-2"}], "members": [],
                 "link": "https://gate.example.org/messages/43", "recipient": "", "data": {"host": "db-1"}, "cut": []}
                """));
    }

    @Test
    void whatIsTooLongIsCutAndNamed() throws IOException {
        String letters = "x".repeat(99_999) + "\uD83D\uDE00".repeat(500_000);
        send(Example.outgoing(Example.saying(new Content("t", letters, "error", "{\"a\": \"" + letters + "\"}"))));

        assertThat(body().path("message").textValue()).isEqualTo("x".repeat(99_999));
        assertThat(body().path("data")).isEmpty();
        assertThat(body().path("cut")).extracting(JsonNode::textValue).containsExactly("message", "data");
    }

    @Test
    void aReceiverThatAsksForTimeIsGivenIt() {
        sink.answers(WebSink.begin("HTTP/1.1 503 x\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"));
        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Refused("status 503", false, Duration.ofMinutes(2)));
    }

    @Test
    void headersLetTheReceiverDropATwin() {
        send(Example.PASS_OUT);

        WebSink.Request request = sink.requests().get(0);
        assertThat(request.line()).isEqualTo("POST /hook?key=q HTTP/1.1");
        assertThat(request.headers())
                .containsEntry("idempotency-key", "m42-ops-1")
                .containsEntry("content-type", "application/json")
                .containsEntry("authorization", TOKEN)
                .doesNotContainKey("sluice-signature");
        assertThat(request.headers().get("user-agent")).startsWith("Sluice/");
    }

    @Test
    void theSignatureCoversTimeAndBody() throws GeneralSecurityException {
        secret = Optional.of(Secret.of("whsec"));
        send(Example.PASS_OUT);

        WebSink.Request request = sink.requests().get(0);
        String time = String.valueOf(Example.NOON.getEpochSecond());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("whsec".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
        assertThat(request.headers().get("sluice-signature"))
                .isEqualTo("t=" + time + ",v1="
                        + HexFormat.of().formatHex(mac.doFinal(request.body().getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @CsvSource({
        "200, ACCEPTED", "202, ACCEPTED", "299, ACCEPTED", "301, PERMANENT", "307, PERMANENT", "400, PERMANENT",
        "401, PERMANENT", "404, PERMANENT", "410, PERMANENT", "408, TEMPORARY", "425, TEMPORARY", "429, TEMPORARY",
        "500, TEMPORARY", "503, TEMPORARY"
    })
    void theStatusDecides(int status, Verdict verdict) {
        sink.answers(WebSink.answer(status, "so\r\nit is"));

        Receipt receipt = send(Example.PASS_OUT);

        assertThat(receipt)
                .isEqualTo(
                        verdict == Verdict.ACCEPTED
                                ? new Receipt.Accepted("status " + status)
                                : new Receipt.Refused("status " + status + ": so it is", verdict == Verdict.PERMANENT));
    }

    enum Verdict {
        ACCEPTED,
        TEMPORARY,
        PERMANENT
    }

    @Test
    void redirectsAreNotFollowed() {
        sink.answers(socket -> {
            String there = "http://127.0.0.1:" + sink.port() + "/there";
            WebSink.begin("HTTP/1.1 302 x\r\nContent-Length: 0\r\nLocation: " + there + "\r\n\r\n")
                    .to(socket);
        });

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Refused("status 302", true));
        assertThat(sink.requests()).hasSize(1);
    }

    @Test
    void nobodyListeningIsUnreachable() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(send(Example.PASS_OUT, "http://127.0.0.1:" + port)).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void aNameThatDoesNotExistIsUnreachable() {
        assertThat(send(Example.PASS_OUT, "http://no-such-host.invalid/")).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void aConnectionClosedInsteadOfAnAnswerLeavesTheOutcomeUnknown() {
        sink.answers(WebSink.hangUp());

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unknown.class);
        assertThat(sink.requests()).hasSize(1);
    }

    @Test
    void noAnswerInTimeLeavesTheOutcomeUnknown() {
        send(Example.PASS_OUT);
        sink.answers(WebSink.hang());

        assertThat(send(Example.within(Example.PASS_OUT, SHORT)))
                .isEqualTo(new Receipt.Unknown("sent, but no answer: it took too long"));
        assertThat(sink.requests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 20", "nonsense\r\n\r\n", "HTTP/1.1 200 x\r\nContent-"})
    void halfAnAnswerLeavesTheOutcomeUnknown(String half) {
        sink.answers(socket -> {
            WebSink.begin(half).to(socket);
        });
        send(Example.within(Example.PASS_OUT, SHORT));

        assertThat(send(Example.within(Example.PASS_OUT, Duration.ofSeconds(1))))
                .isInstanceOf(Receipt.Unknown.class);
    }

    @Test
    void aStatusCountsEvenIfTheRestOfTheAnswerNeverComes() {
        send(Example.PASS_OUT);
        sink.answers(WebSink.begin("HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\nhalf"));

        assertThat(send(Example.within(Example.PASS_OUT, Duration.ofSeconds(1))))
                .isEqualTo(new Receipt.Accepted("status 200"));
    }

    @Test
    void anEndlessAnswerIsReadOnlyToABound() {
        sink.answers(WebSink.talkForEver(500));

        assertThat(send(Example.PASS_OUT))
                .isEqualTo(new Receipt.Refused("status 500: " + "x".repeat(200) + "…", false));
    }

    @Test
    void aCertificateForAnotherHostIsUnreachable() {
        sink.close();
        sink = new WebSink(Optional.of(TestTls.other()));

        assertThat(sendSecurely(TestTls.other())).isInstanceOf(Receipt.Unreachable.class);
        assertThat(sink.requests()).isEmpty();
    }

    @Test
    void aCertificateThatNobodyVouchesForIsUnreachable() {
        sink.close();
        sink = new WebSink(Optional.of(TestTls.localhost()));

        assertThat(sendSecurely(TestTls.other())).isInstanceOf(Receipt.Unreachable.class);
    }

    @Test
    void httpsArrives() {
        sink.close();
        sink = new WebSink(Optional.of(TestTls.localhost()));

        assertThat(sendSecurely(TestTls.localhost())).isInstanceOf(Receipt.Accepted.class);
        assertThat(sink.requests()).hasSize(1);
    }

    @Test
    void hostileContentStaysContent() throws IOException {
        String hostile = "a\r\nX: y\u0000\u202E\uD83D</script>\"\\" + "m".repeat(90_000);
        send(Example.outgoing(Example.saying(new Content(hostile, hostile, "\"}", "{\"a\":1.10,\"b\":[}"))));

        JsonNode body = body();
        assertThat(body.get("message").textValue()).isEqualTo(hostile.replace('\uD83D', '?'));
        assertThat(body.get("title").textValue()).startsWith("a X: y").doesNotContain("\n", "\u202E");
        assertThat(body.get("severity").textValue()).isEqualTo("\"}");
        assertThat(body.get("data").textValue()).as("not JSON, so a text").isEqualTo("{\"a\":1.10,\"b\":[}");
    }

    @Test
    void numbersInDataKeepTheirDigits() {
        String data = "{\"a\":12345678901234567890.12345678901234567891}";
        send(Example.outgoing(Example.saying(new Content("t", "m", "", data))));

        assertThat(sink.requests().get(0).body()).contains("\"data\":" + data);
    }

    @Test
    void aServerThatEchoesASecretIsNotQuoted() {
        sink.answers(WebSink.answer(400, "you sent Authorization: " + TOKEN));

        assertThat(send(Example.PASS_OUT)).isEqualTo(new Receipt.Refused("status 400", true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cannot POST /services/T000SECRETTOKEN?key=k3y",
                "no route for T000SECRETTOKEN",
                "NO ROUTE FOR T000secrettoken",
                "the key of 'key=k3y' is not known",
                "no such room: a room"
            })
    void aServerThatEchoesTheAddressIsNotQuoted(String echo) {
        sink.answers(WebSink.answer(404, echo));

        assertThat(send(Example.PASS_OUT, address("/services/T000SECRETTOKEN/a%20room?key=k3y")))
                .isEqualTo(new Receipt.Refused("status 404", true));
    }

    @Test
    void aServerThatSaysWhatIsWrongIsQuotedWhateverItsAddress() {
        sink.answers(WebSink.answer(404, "no_service / v1"));

        assertThat(send(Example.PASS_OUT, address("/v1/services/T000SECRETTOKEN/")))
                .isEqualTo(new Receipt.Refused("status 404: no_service / v1", true));
    }

    private String address(String path) {
        return "http://127.0.0.1:" + sink.port() + path;
    }

    @Test
    void noTextNamesTheAddress() throws IOException {
        sink.close();

        assertThat(send(Example.PASS_OUT).toString()).doesNotContain("hook", "key=q", TOKEN);
    }

    @Test
    void connectionsAreUsedAgain() {
        send(Example.PASS_OUT);
        send(Example.PASS_OUT);

        assertThat(sink.connections()).isEqualTo(1);
    }

    @Test
    void afterCloseItIsUnreachable() {
        send(Example.PASS_OUT);
        channel.orElseThrow().close();

        assertThat(send(Example.PASS_OUT)).isInstanceOf(Receipt.Unreachable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.org/",
                "file:///etc/passwd",
                "//example.org/",
                "http:///x",
                "http://u:p@h/",
                "http://h:99999/"
            })
    void otherAddressesAreNoneToSendTo(String address) {
        assertThatThrownBy(() -> new Secret.Url(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("u:p");
    }

    @ParameterizedTest
    @CsvSource({"Host, x", "X-Evil, 'a\r\nb'", "'a b', c"})
    void headersThatCannotBeSentAreAMistakeAtStart(String name, String value) {
        assertThatThrownBy(() -> channel("http://h/", Map.of(name, Secret.of(value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the header '" + name + "' cannot be sent")
                .hasNoCause();
    }

    private Receipt send(Outgoing outgoing) {
        return send(outgoing, "http://127.0.0.1:" + sink.port() + "/hook?key=q");
    }

    private Receipt send(Outgoing outgoing, String address) {
        if (channel.isEmpty()) {
            channel = Optional.of(channel(address, Map.of("Authorization", Secret.of(TOKEN))));
        }
        return channel.get().send(outgoing);
    }

    private Receipt sendSecurely(SSLContext trust) {
        ChannelConfig.Webhook config = config("https://127.0.0.1:" + sink.port() + "/hook", Map.of());
        try (WebhookChannel secure = new WebhookChannel(config, rendering(), () -> Example.NOON, trust)) {
            return secure.send(Example.PASS_OUT);
        }
    }

    private WebhookChannel channel(String address, Map<String, Secret> headers) {
        return new WebhookChannel(config(address, headers), rendering(), () -> Example.NOON);
    }

    private ChannelConfig.Webhook config(String address, Map<String, Secret> headers) {
        return new ChannelConfig.Webhook(
                new Secret.Url(URI.create(address)), secret, headers, ChannelConfig.Timeouts.STANDARD);
    }

    private static Rendering rendering() {
        return new Rendering(Optional.of(URI.create("https://gate.example.org")));
    }

    private JsonNode body() throws IOException {
        return new ObjectMapper().readTree(sink.requests().get(0).body());
    }
}
