package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.server.HostileText;
import dev.sluice.server.template.Recipe;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hostile text in every member, through the real server in a process of its own, to every sink: it stays text. */
class HostileTextTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> MAIL_HEADERS = Set.of(
            "date",
            "from",
            "to",
            "message-id",
            "subject",
            "mime-version",
            "content-type",
            "auto-submitted",
            "x-auto-response-suppress");
    private static final Set<String> MAIL_ELEMENTS = Set.of(
            "html", "head", "meta", "title", "body", "h1", "p", "pre", "ul", "li", "table", "tr", "th", "td", "a");
    private static final Set<String> PAGE_ELEMENTS = Set.of(
            "html",
            "head",
            "meta",
            "title",
            "link",
            "body",
            "header",
            "nav",
            "main",
            "footer",
            "section",
            "article",
            "h1",
            "h2",
            "h3",
            "p",
            "pre",
            "code",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "a",
            "span",
            "div",
            "form",
            "input",
            "button",
            "select",
            "option",
            "label",
            "time",
            "strong",
            "em",
            "small",
            "details",
            "summary",
            "caption",
            "br",
            "hr",
            "script",
            "svg",
            "g",
            "path",
            "rect",
            "line",
            "polyline",
            "iframe",
            "polygon",
            "desc",
            "defs",
            "aside",
            "tfoot",
            "fieldset",
            "legend",
            "h4",
            "progress",
            "meter",
            "circle",
            "text",
            "figure",
            "figcaption",
            "output",
            "abbr",
            "b",
            "i",
            "template",
            "noscript");

    @TempDir
    private static Path directory = Path.of("");

    private static Optional<EveryChannel> opened = Optional.empty();

    private final EveryChannel server = opened.orElseThrow();

    @BeforeAll
    static void start() throws IOException {
        opened = Optional.of(new EveryChannel(directory));
    }

    @AfterAll
    static void stop() {
        opened.ifPresent(EveryChannel::close);
    }

    @BeforeEach
    void forget() {
        server.forget();
    }

    @ParameterizedTest
    @EnumSource(HostileText.class)
    void hostileTextIsTextInEverySink(HostileText hostile) throws Exception {
        HttpResponse<String> answer = server.post("all", occurrence(hostile));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode decision = JSON.readTree(answer.body());
        long id = decision.path("message").path("id").longValue();
        JsonNode message = server.delivered(answer);

        assertThat(message.path("deliveries").findValuesAsText("state"))
                .hasSize(9)
                .containsOnly("accepted");
        aMail(hostile);
        bodies(hostile);
        pages(decision.path("subject").textValue(), id);
        logLines();
    }

    @ParameterizedTest
    @EnumSource(HostileText.class)
    void theLogTellsOfHostileSourcesInLinesOfItsOwn(HostileText hostile) throws Exception {
        Map<String, Object> error = Map.of(
                "fields",
                Map.of("processor", hostile.text(), "error_type", hostile.text()),
                "title",
                hostile.text(2_000));
        assertThat(server.post("limited", error).statusCode()).isEqualTo(200);
        assertThat(server.post("limited", error).body()).contains("suppress");
        logLines();
    }

    @ParameterizedTest
    @EnumSource(HostileText.class)
    void hostileNamesAreRefusedOrNames(HostileText hostile) throws Exception {
        for (String member : List.of("subject", "id", "recipients", "variant")) {
            Map<String, Object> occurrence = new TreeMap<>(Map.of("subject", "s " + hostile.name(), "title", "t"));
            String text = hostile.text(190);
            occurrence.put(member, member.equals("recipients") ? List.of(text) : text);
            HttpResponse<String> answer = server.post("named", occurrence);
            assertThat(answer.statusCode()).as(member + ": " + answer.body()).isIn(200, 400, 404, 422);
            if (answer.statusCode() == 200) {
                server.delivered(answer);
            }
        }
        assertThat(server.mails().commands())
                .allMatch(each -> each.matches(
                        "(EHLO|DATA|QUIT|RSET|NOOP).*|MAIL FROM:<gate@example.org>.*|RCPT TO:<ops@example.org>.*"));
        assertThat(server.web().requests())
                .allSatisfy(each -> assertThat(JSON.readTree(each.body())).isNotEmpty());
        logLines();
    }

    @ParameterizedTest
    @EnumSource(HostileText.class)
    void aHostileIdempotencyKeyIsAKeyOrRefused(HostileText hostile) throws Exception {
        String key = hostile.text(190).replaceAll("[^ -~]", "").strip();
        HttpResponse<String> answer = server.send(server.request("named", "{\"subject\": \"keys\", \"title\": \"t\"}")
                .header("Idempotency-Key", key.isEmpty() ? "-" : key));
        assertThat(answer.statusCode()).isIn(200, 422);
        JSON.readTree(answer.body());
        assertThat(answer.headers().map()).doesNotContainKeys("x-evil", "bcc");
    }

    @Test
    void halfAPairIsRefusedWithItsPlace() throws Exception {
        String body = "{\"subject\": \"s\", \"title\": \"a\\ud83d\", \"data\": {\"a\": \"\\ude00\"}}";
        HttpResponse<String> answer = server.send(server.request("named", body));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"title\"", "\"data\"", "surrogate");
    }

    @Test
    void aMessageOfAMegabyteIsTakenAndBoundedEverywhere() throws Exception {
        String message = "<b>&x".repeat(200_000);
        long begun = System.nanoTime();
        HttpResponse<String> answer =
                server.post("all", Map.of("fields", Map.of("processor", "p"), "title", "t", "message", message));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        server.delivered(answer);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(server.mails().mails())
                .singleElement()
                .satisfies(mail -> assertThat(mail).hasSizeLessThan(1_000_000));
        assertThat(server.web().requests())
                .hasSize(6)
                .allSatisfy(each -> assertThat(each.body()).hasSizeLessThan(600_000));
        assertThat(JSON.readTree(server.arrivedAt("/web").body()).path("cut")).hasSize(1);
        assertThat(took).isLessThan(Duration.ofSeconds(15));
        assertThat(server.post("all", Map.of("subject", "s", "message", "x".repeat(1 << 20)))
                        .statusCode())
                .isEqualTo(413);
    }

    private static Map<String, Object> occurrence(HostileText hostile) {
        return Map.of(
                "fields",
                Map.of("processor", hostile.text(), hostile.text(), hostile.text()),
                "title",
                hostile.text(2_000),
                "message",
                hostile.text(),
                "severity",
                hostile.text(200),
                "data",
                Map.of(hostile.text(), hostile.text(), "list", List.of(Map.of("x", hostile.text()))));
    }

    private void aMail(HostileText hostile) throws MessagingException, IOException {
        assertThat(server.mails().mails()).hasSize(1);
        String raw = server.mails().mails().get(0);
        assertThat(raw.chars()).as("all is 7 bit").allMatch(each -> each < 127);
        MimeMessage mail = new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(raw.getBytes(StandardCharsets.US_ASCII)));
        assertThat(Collections.list(mail.getAllHeaders()))
                .extracting(each -> each.getName().toLowerCase(Locale.ROOT))
                .doesNotHaveDuplicates()
                .hasSameElementsAs(MAIL_HEADERS);
        assertThat(mail.getAllRecipients()).extracting(Object::toString).containsExactly("ops@example.org");
        HostileText.assertOneLine(mail.getSubject());
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        String text = ((String) parts.getBodyPart(0).getContent()).replace("\r\n", "\n");
        HostileText.assertHarmless(text);
        if (hostile == HostileText.SCRIPT) {
            assertThat(text).contains(hostile.text());
        }
        if (hostile == HostileText.ENCODED_WORD) {
            assertThat(mail.getSubject()).isEqualTo(hostile.text());
        }
        HostileText.assertNoMarkup(((String) parts.getBodyPart(1).getContent()).replace("\r\n", "\n"), MAIL_ELEMENTS);
    }

    private void bodies(HostileText hostile) throws IOException {
        JsonNode own = JSON.readTree(server.arrivedAt("/web").body());
        assertThat(own.path("message").textValue()).isEqualTo(hostile.stored());
        assertThat(own.path("data").path(hostile.text()).textValue()).isEqualTo(hostile.text());
        assertThat(own).hasSize(19);
        HostileText.assertOneLine(own.path("title").textValue());
        ServiceRules rules = new ServiceRules();
        for (Recipe recipe : Recipe.values()) {
            String path = "/" + recipe.name().toLowerCase(Locale.ROOT);
            HostileText.assertHarmless(
                    rules.check(recipe, JSON.readTree(server.arrivedAt(path).body())));
        }
        WebSink.Request plain = server.arrivedAt("/plain");
        HostileText.assertHarmless(plain.body());
        assertThat(plain.headers())
                .containsKeys("x-title", "x-data", "x-severity")
                .doesNotContainKeys("x-evil", "bcc");
        assertThat(plain.headers().values()).allSatisfy(each -> assertThat(each).matches("[ -~]*"));
        String[] fields = server.arrivedAt("/form").body().split("&", -1);
        assertThat(fields).hasSize(2).allMatch(each -> each.matches("(title|message)=[A-Za-z0-9%+.*_-]*"));
        HostileText.assertHarmless(URLDecoder.decode(fields[1], StandardCharsets.UTF_8));
    }

    private void pages(String subject, long id) throws Exception {
        String encoded =
                java.net.URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
        for (String path : List.of(
                "/",
                "/flows/all",
                "/flows/all/subjects/" + encoded,
                "/messages",
                "/messages?flow=all&subject=" + encoded,
                "/messages/" + id,
                "/ledger?flow=all&subject=" + encoded)) {
            HttpResponse<String> page = server.get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src");
            HostileText.assertNoMarkup(page.body(), PAGE_ELEMENTS);
            assertThat(page.body())
                    .doesNotContainPattern("<script(?![^>]*\\ssrc=\"/)")
                    .doesNotContainPattern("<iframe(?![^>]*\\ssandbox=\"\"[^>]*\\ssrc=\"/)");
        }
    }

    private void logLines() {
        List<String> lines = new ArrayList<>(server.output().lines().toList());
        lines.forEach(HostileText::assertOneLine);
        assertThat(lines)
                .allMatch(each -> each.matches("\\d{4}-\\d\\d-\\d\\dT.* (INFO|WARN) .*|Sluice is ready at .*"));
        assertThat(lines).noneMatch(each -> each.contains("ERROR Desk") && each.startsWith("2026-01-01"));
    }
}
