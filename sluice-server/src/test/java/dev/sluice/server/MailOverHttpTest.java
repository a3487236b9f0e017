package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.server.config.ConfigReader;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mails about carts out of a whole server, and what their receivers and the shop do with them, by a clock that is moved by hand. */
@Timeout(120)
class MailOverHttpTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant BEGIN = Instant.parse("2026-01-14T09:00:00Z");
    private static final String SECRET = "a secret of the shop";
    private static final String CONFIG = """
            http: {public-url: "https://gate.example.org"}
            channels:
              shop: {type: smtp, host: 127.0.0.1, port: "${PORT}", security: none, from: shop@example.org}
            flows:
              carts:
                allow: once per 24h
                channels: [shop]
                mail:
                  title: "{{data.name}}, your cart{{#tier.discount}} + {{tier.discount}}% OFF!{{/tier.discount}}"
                  text: "{{#data.items}}{{quantity}} x {{name}}{{/data.items}} {{link}}"
                  html: "<p>{{#data.items}}<b>{{name}}</b>{{/data.items}}</p><a href='{{link}}'>cart</a>"
                  tiers: {discount: {of: total, at: {100: 10, 500: 20}}}
                  secret: "${SECRET}"
                  link: {url: "https://shop.example.org/cart", valid: 24h}
                  unsubscribe: on
              plain: {allow: once per 24h, channels: [shop]}
            """;

    @TempDir
    Path directory;

    private final AtomicReference<Instant> clock = new AtomicReference<>(BEGIN);
    private final HttpClient client = HttpClient.newHttpClient();
    private final GreenMail mails = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private Server server;

    @BeforeEach
    void start() throws Exception {
        mails.start();
        Path file = Files.writeString(directory.resolve("sluice.yaml"), CONFIG);
        ConfigReader reader = new ConfigReader(
                Optional.of(file),
                Map.of("PORT", String.valueOf(mails.getSmtp().getPort()), "SECRET", SECRET),
                Optional.of(directory.resolve("data")),
                Optional.of("127.0.0.1:0"));
        server = Server.start(reader.read().ticking(Duration.ZERO), clock::get);
    }

    @AfterEach
    void stop() {
        server.close();
        mails.stop();
    }

    @Test
    void oneClickEndsItForWhatWaitsAndWhatComesAndOnlyForThisAddress() throws Exception {
        cart("42/a", "Ann <Ann@example.org>");
        server.tick();
        String address = mail(0).getHeader("List-Unsubscribe", null);
        String path = address.substring("<https://gate.example.org".length(), address.length() - 1);

        HttpResponse<String> page = send("GET", path, "", "");
        assertThat(page.body()).contains("<button>Unsubscribe</button>");
        cart("42/b", "ann@example.org");
        server.tick();
        assertThat(mails.getReceivedMessages())
                .as("to look at the page is not to press the button")
                .hasSize(2);

        cart("42/c", "ann@example.org");
        HttpResponse<String> click = send(
                "POST",
                path,
                "multipart/form-data; boundary=x",
                "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n");
        assertThat(click.statusCode()).isEqualTo(200);
        assertThat(send("POST", path, "", "").statusCode()).isEqualTo(200);
        cart("42/d", "ANN@example.org");
        cart("43/a", "bob@example.org");
        server.tick();

        assertThat(receivers()).containsExactly("ann@example.org", "ann@example.org", "bob@example.org");
        for (String subject : List.of("42/c", "42/d")) {
            JsonNode message = message("carts", subject);
            assertThat(message.path("state").asText()).isEqualTo("withdrawn");
            assertThat(message.at("/deliveries/0/note").asText()).contains("opted out");
        }
        assertThat(json("GET", "/v1/ledger?flow=carts&subject=ann@example.org", "")
                        .path("entries"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("detail").asText()).contains("opted out by its receiver"));
        assertThat(json("GET", "/v1/flows/carts/opt-outs", "").path("optOuts"))
                .singleElement()
                .satisfies(row -> assertThat(row.path("address").asText()).isEqualTo("ann@example.org"));
    }

    @Test
    void anotherFlowIsNotTouchedAndTheShopCanTakeItBack() throws Exception {
        assertThat(json("PUT", "/v1/flows/carts/opt-outs/Ann@Example.org", "")
                        .path("changed")
                        .asBoolean())
                .isTrue();
        assertThat(json("PUT", "/v1/flows/carts/opt-outs/ann@example.org", "")
                        .path("changed")
                        .asBoolean())
                .isFalse();
        cart("42/a", "ann@example.org");
        occurrence("plain", "42/a", "ann@example.org");
        server.tick();
        assertThat(mails.getReceivedMessages()).hasSize(1);

        assertThat(json("DELETE", "/v1/flows/carts/opt-outs/ann@example.org", "")
                        .path("changed")
                        .asBoolean())
                .isTrue();
        cart("42/b", "ann@example.org");
        server.tick();
        assertThat(mails.getReceivedMessages()).hasSize(2);
        assertThat(send("PUT", "/v1/flows/plain/opt-outs/ann@example.org", "", "")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void whatNoMailHadUnsubscribesNobody() throws Exception {
        cart("42/a", "ann@example.org");
        server.tick();
        String address = mail(0).getHeader("List-Unsubscribe", null);
        String path = address.substring("<https://gate.example.org".length(), address.length() - 1);
        String token = token(mail(0));

        for (String other : List.of(path + "x", path.substring(0, path.length() - 2), "/v1/unsubscribe/" + token)) {
            assertThat(send("POST", other, "", "").statusCode()).isEqualTo(404);
            assertThat(send("GET", other, "", "").statusCode()).isEqualTo(404);
        }
        assertThat(json("GET", "/v1/flows/carts/opt-outs", "").path("optOuts")).isEmpty();
    }

    @Test
    @DisplayName("S3.11 what is bought before its mail went out is withdrawn, and a later cart is mailed again")
    void whatIsBoughtIsWithdrawn() throws Exception {
        cart("42/a", "ann@example.org");
        cart("420/a", "bob@example.org");
        JsonNode first = json("POST", "/v1/flows/carts/conversions", "{\"subject\":\"42/zzz\",\"id\":\"order-7\"}");
        assertThat(first.path("user").asText()).isEqualTo("42");
        assertThat(first.path("repeated").asBoolean()).isFalse();
        assertThat(json("POST", "/v1/flows/carts/conversions", "{\"user\":\"42\",\"id\":\"order-7\"}")
                        .path("repeated")
                        .asBoolean())
                .isTrue();
        server.tick();
        assertThat(receivers()).containsExactly("bob@example.org");
        JsonNode message = message("carts", "42/a");
        assertThat(message.path("state").asText()).isEqualTo("withdrawn");
        assertThat(message.at("/deliveries/0/note").asText()).contains("bought");

        clock.set(BEGIN.plusSeconds(600));
        cart("42/b", "ann@example.org");
        server.tick();
        assertThat(receivers()).containsExactly("bob@example.org", "ann@example.org");
        JsonNode all = json("GET", "/v1/flows/carts/conversions?from=2026-01-14T09:00:00Z", "");
        assertThat(all.path("count").asInt()).isEqualTo(1);
        assertThat(all.at("/conversions/0/user").asText()).isEqualTo("42");
        assertThat(json("GET", "/v1/flows/carts/conversions?from=2026-01-14T09:00:01Z", "")
                        .path("count")
                        .asInt())
                .isZero();
    }

    @Test
    void aConversionOfNobodyOrOfTwoIsRefused() throws Exception {
        for (String body :
                List.of("{}", "{\"user\":\"1\",\"subject\":\"1/a\"}", "{\"user\":\" \"}", "{\"who\":\"1\"}", "x")) {
            assertThat(send("POST", "/v1/flows/carts/conversions", "application/json", body)
                            .statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    @DisplayName("S3.7 the shop learns from the link which discount was promised, and until when")
    void theShopLearnsWhatWasPromised() throws Exception {
        cart("42/a", "ann@example.org");
        server.tick();
        assertThat(mail(0).getSubject()).isEqualTo("Ann, your cart + 20% OFF!");
        String token = token(mail(0));

        JsonNode good = json("GET", "/v1/links/" + token, "");
        assertThat(good.path("valid").asBoolean()).isTrue();
        assertThat(good.path("flow").asText()).isEqualTo("carts");
        assertThat(good.path("subject").asText()).isEqualTo("42/a");
        assertThat(good.at("/tiers/discount").asInt()).isEqualTo(20);
        assertThat(good.path("until").asText()).isEqualTo("2026-01-15T09:00:00Z");

        clock.set(BEGIN.plus(Duration.ofHours(24)));
        JsonNode late = json("GET", "/v1/links/" + token, "");
        assertThat(late.path("valid").asBoolean()).isFalse();
        assertThat(late.path("reason").asText()).isEqualTo("expired");
        assertThat(json("GET", "/v1/links/x" + token, "").path("reason").asText())
                .isIn("broken", "unknown-key");
    }

    @Test
    void theConsoleShowsTheMailBesideItsTextAndGivesNoTokenAway() throws Exception {
        cart("42/a", "ann@example.org");
        server.tick();
        int id = message("carts", "42/a").path("id").asInt();

        String page = send("GET", "/messages/" + id, "", "").body();
        assertThat(page)
                .contains("Ann, your cart + 20% OFF!", "2 x Lamp", "/messages/" + id + "/html", "sandbox")
                .doesNotContain(token(mail(0)));
        HttpResponse<String> preview = send("GET", "/messages/" + id + "/html", "", "");
        assertThat(preview.body()).startsWith("<p><b>Lamp</b></p>").doesNotContain(token(mail(0)));
        assertThat(preview.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("sandbox;", "default-src 'none'", "form-action 'none'");
    }

    private void cart(String subject, String recipient) throws IOException, InterruptedException {
        occurrence("carts", subject, recipient);
    }

    private void occurrence(String flow, String subject, String recipient) throws IOException, InterruptedException {
        JsonNode answer = json(
                "POST",
                "/v1/flows/" + flow + "/occurrences",
                "{\"subject\":\"" + subject + "\",\"recipients\":[\"" + recipient + "\"],\"data\":{\"name\":\"Ann\","
                        + "\"total\":\"1543.00\",\"items\":[{\"name\":\"Lamp\",\"quantity\":\"2\"}]}}");
        assertThat(answer.path("decision").asText()).isEqualTo("pass");
    }

    private MimeMessage mail(int number) {
        return mails.getReceivedMessages()[number];
    }

    private List<String> receivers() {
        return Arrays.stream(mails.getReceivedMessages())
                .map(mail -> {
                    try {
                        return mail.getAllRecipients()[0]
                                .toString()
                                .replaceAll(".*<|>", "")
                                .toLowerCase(java.util.Locale.ROOT);
                    } catch (MessagingException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private static String token(MimeMessage mail) throws IOException, MessagingException {
        String text =
                (String) ((MimeMultipart) mail.getContent()).getBodyPart(0).getContent();
        return text.substring(text.indexOf("token=") + "token=".length()).strip();
    }

    private JsonNode message(String flow, String subject) throws IOException, InterruptedException {
        for (JsonNode message : json("GET", "/v1/messages?flow=" + flow, "").path("messages")) {
            if (message.path("subject").asText().equals(subject)) {
                return message;
            }
        }
        throw new AssertionError("no message about " + subject);
    }

    private JsonNode json(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, "application/json", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
