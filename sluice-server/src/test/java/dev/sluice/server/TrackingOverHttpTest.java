package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import jakarta.mail.internet.MimeMultipart;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What opens and clicks of real mails do, out of a whole server, by a clock that is moved by hand. */
@Timeout(120)
class TrackingOverHttpTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final String SHOP = "https://shop.example.org/cart?a=1&b=2";
    private static final String MAIL = """
                mail:
                  text: "your cart: {{link}}"
                  html: "<body><a href='https://shop.example.org/cart?a=1&amp;b=2'>cart</a> <a href='{{unsubscribe}}'>no more</a></body>"
                  secret: "a secret of the shop"
                  unsubscribe: on
            """;
    private static final String CONFIG = """
            http: {public-url: "https://gate.example.org"}
            channels:
              shop: {type: smtp, host: 127.0.0.1, port: "${PORT}", security: none, from: shop@example.org}
            flows:
              carts:
                allow: once per 24h
                channels: [shop]
            %s      track: [opens, clicks]
              untracked:
                allow: once per 24h
                channels: [shop]
            %s
            """.formatted(MAIL, MAIL);

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final GreenMail mails = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private Server server;

    @BeforeEach
    void start() throws Exception {
        mails.start();
        server = Server.start(reader(CONFIG).read().ticking(Duration.ZERO), clock::get);
    }

    private ConfigReader reader(String config) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), config);
        return new ConfigReader(
                Optional.of(file),
                Map.of("PORT", String.valueOf(mails.getSmtp().getPort())),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
    }

    @AfterEach
    void stop() {
        server.close();
        mails.stop();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode json(String path) throws Exception {
        return JSON.readTree(send("GET", path).body());
    }

    /** Sends a mail of the flow, and gives its HTML. */
    private String html(String flow) throws Exception {
        String body = "{\"subject\":\"42/a\",\"title\":\"t\",\"recipients\":[\"ann@example.org\"]}";
        client.send(
                HttpRequest.newBuilder(server.address().resolve("v1/flows/" + flow + "/occurrences"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        server.tick();
        MimeMultipart parts = (MimeMultipart) mails.getReceivedMessages()[0].getContent();
        assertThat(GreenMailUtil.getBody(parts.getBodyPart(0))).doesNotContain("/v1/clicks/", "/v1/opens/");
        return String.valueOf(parts.getBodyPart(1).getContent());
    }

    private static String path(String html, String under) {
        Matcher path = Pattern.compile("https://gate\\.example\\.org(" + under + "[^\"]+)\"")
                .matcher(html);
        assertThat(path.find()).as(html).isTrue();
        return path.group(1);
    }

    private long times(String what) throws Exception {
        return json("v1/flows/carts/tracking").path(what).path("times").asLong();
    }

    @Test
    @DisplayName("opens and clicks of a mail are counted, and seen at the message, in the ledger, metrics and console")
    void counted() throws Exception {
        String html = html("carts");
        assertThat(html).contains("https://gate.example.org/v1/unsubscribe/");
        HttpResponse<String> image = send("GET", path(html, "/v1/opens/"));
        assertThat(image.statusCode()).isEqualTo(200);
        assertThat(image.headers().firstValue("Content-Type")).contains("image/gif");
        assertThat(image.headers().firstValue("Cache-Control")).contains("no-store");
        clock.updateAndGet(now -> now.plusSeconds(60));
        send("GET", path(html, "/v1/opens/"));
        HttpResponse<String> click = send("GET", path(html, "/v1/clicks/"));
        assertThat(click.statusCode()).isEqualTo(302);
        assertThat(click.headers().firstValue("Location")).contains(SHOP);

        JsonNode counts = json("v1/flows/carts/tracking");
        assertThat(counts.at("/opens/messages").asLong()).isEqualTo(1);
        assertThat(counts.at("/opens/times").asLong()).isEqualTo(2);
        assertThat(counts.at("/clicks/times").asLong()).isEqualTo(1);
        long id = json("v1/messages").at("/messages/0/id").asLong();
        JsonNode message = json("v1/messages/" + id + "/tracking");
        assertThat(message.at("/opens/first").asText()).isEqualTo("2026-01-14T09:00:00Z");
        assertThat(message.at("/opens/last").asText()).isEqualTo("2026-01-14T09:01:00Z");
        String ledger = send("GET", "v1/ledger?flow=carts").body();
        assertThat(ledger).containsOnlyOnce("was opened").containsOnlyOnce("was clicked in");
        assertThat(send("GET", "metrics").body())
                .contains("sluice_mail_opens_total{flow=\"carts\"} 2.0")
                .contains("sluice_mail_clicks_total{flow=\"carts\"} 1.0");
        assertThat(send("GET", "flows/carts").body()).contains("Opens and clicks");
        assertThat(send("GET", "messages/" + id).body()).contains("Clicked in");
    }

    @Test
    @DisplayName("programs that look ahead are answered, and are nobody who opened or clicked")
    void looksAheadAreNotCounted() throws Exception {
        String html = html("carts");
        for (String path : new String[] {path(html, "/v1/opens/"), path(html, "/v1/clicks/")}) {
            assertThat(send("HEAD", path).statusCode()).isIn(200, 302);
            assertThat(send("GET", path, "Sec-Purpose", "prefetch").statusCode())
                    .isIn(200, 302);
        }
        assertThat(times("opens") + times("clicks")).isZero();
    }

    @Test
    @DisplayName("nobody is led to where no mail leads, and no token is good for another thing")
    void noOpenRedirect() throws Exception {
        String html = html("carts");
        String click = path(html, "/v1/clicks/");
        String open = path(html, "/v1/opens/").substring("/v1/opens/".length());
        for (String other : new String[] {
            click + "x",
            "/v1/clicks/" + open,
            "/v1/clicks/https%3A%2F%2Fevil.example.org",
            click.replace("clicks", "opens")
        }) {
            HttpResponse<String> answer = send("GET", other);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.headers().firstValue("Location")).isEmpty();
        }
        assertThat(send("POST", click.replace("clicks", "unsubscribe")).statusCode())
                .isEqualTo(404);
        assertThat(times("opens") + times("clicks")).isZero();
    }

    @Test
    @DisplayName("a flow that does not say so tracks nothing, nor does the preview in the console")
    void offUnlessConfigured() throws Exception {
        assertThat(html("untracked"))
                .contains("href='https://shop.example.org/cart")
                .doesNotContain("/v1/opens/");
        html("carts");
        long id = json("v1/messages?flow=carts").at("/messages/0/id").asLong();
        assertThat(send("GET", "messages/" + id + "/html").body()).doesNotContain("/v1/clicks/", "/v1/opens/");
    }

    @Test
    @DisplayName("tracking without HTML, without a secret and without a public address is refused, all at once")
    void refusedAtTheStart() throws Exception {
        ConfigReader reader = reader("""
                flows:
                  carts: {allow: once per 24h, mail: {text: "a", track: [opens, reads]}}
                  more: {allow: once per 24h, mail: {text: "a", track: [opens]}}
                """);
        assertThatThrownBy(reader::read)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("flows.carts.mail.track")
                .hasMessageContaining("texts are not tracked")
                .hasMessageContaining("flows.more.mail.secret")
                .hasMessageContaining("http.public-url");
    }
}
