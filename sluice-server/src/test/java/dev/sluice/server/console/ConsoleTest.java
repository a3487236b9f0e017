package dev.sluice.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Rule;
import dev.sluice.SubjectRecipe;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.Server;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.HttpConfig;
import dev.sluice.server.config.OperatorConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.config.StoreConfig;
import dev.sluice.server.config.StoreUrl;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a whole server over SQLite, as a browser without scripts gets them. */
class ConsoleTest {
    private static final String HOSTILE = "<script>alert(1)</script>";

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Server server;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() {
        server = Server.start(config(Map.of()));
    }

    @Test
    void theOverviewSaysWhereEverythingIsKept() {
        assertThat(page("/")).contains("Store: sqlite:" + directory.resolve("sluice.db"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A flow with an inbox, one whose callers send, and one whose receiver never answers. */
    private ServerConfig config(Map<String, FlowConfig> more) {
        Map<String, FlowConfig> flows = new LinkedHashMap<>();
        flows.put("errors", flow("errors", Rule.allow("2 per 1h").build(), List.of("inbox")));
        flows.put("jobs", flow("jobs", Rule.allow("exclusive").build(), List.of()));
        flows.put("stuck", flow("stuck", Rule.allow("2 per 1h").build(), List.of("nowhere")));
        flows.putAll(more);
        ChannelConfig nowhere = new ChannelConfig.Webhook(
                new dev.sluice.server.config.Secret.Url(URI.create("http://127.0.0.1:1/")),
                java.util.Optional.empty(),
                Map.of(),
                ChannelConfig.Timeouts.STANDARD);
        return new ServerConfig(
                StoreConfig.of(new StoreUrl.Sqlite(directory.resolve("sluice.db"))),
                HttpConfig.STANDARD.withPort(0),
                new OperatorConfig(List.of("inbox"), Rule.allow("10 per 1h").build()),
                Map.of("inbox", new ChannelConfig.Inbox(), "nowhere", nowhere),
                new ServerConfig.Work(Map.of(), flows, Map.of(), Map.of()),
                new Outbox.Settings(Duration.ofMinutes(1), 1, Duration.ofMillis(50), Duration.ofDays(1)),
                java.util.Optional.empty());
    }

    private static FlowConfig flow(String name, Rule rule, List<String> channels) {
        return new FlowConfig(
                new FlowPlan(name, Map.of("", rule), channels, OnFailure.STANDARD),
                new SubjectRecipe.Given(),
                List.of());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(server.address().resolve(path)).timeout(Duration.ofSeconds(20));
    }

    private String page(String path) {
        HttpResponse<String> response = send(at(path).GET());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(response.body()).doesNotContain(HOSTILE, "<script>", " style=", "http://www");
        return response.body();
    }

    private void offer(String flow, String subject) {
        String body = "{\"subject\":\"" + subject + "\",\"title\":\"Title " + HOSTILE + "\",\"message\":\"text\"}";
        HttpResponse<String> response = send(at("/v1/flows/" + flow + "/occurrences")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private HttpResponse<String> form(String path, String token) {
        return send(at(path).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("token=" + token)));
    }

    private static String token(String page) {
        Matcher matcher =
                Pattern.compile("name=\"token\" value=\"([0-9a-f]+)\"").matcher(page);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void anEmptyServerSaysHowToSendTheFirstOccurrence() {
        assertThat(page("/")).contains("Nothing has come in yet", "curl -sS " + server.address() + "v1/flows/errors");
        assertThat(page("/flows/jobs")).contains("No subject is known", "/v1/flows/jobs/occurrences");
        assertThat(page("/messages")).contains("There are no messages yet");
        assertThat(page("/messages?state=dead")).contains("No message is dead");
        assertThat(page("/ledger")).contains("Nothing is recorded");
    }

    @Test
    void everyPageShowsHostileTextAsText() {
        String subject = "a/b?c#d " + HOSTILE.replace("/", "\\\\u002f");
        for (int i = 0; i < 5; i++) {
            offer("errors", subject);
        }
        String subjectPath = "/flows/errors/subjects/"
                + URLEncoder.encode("a/b?c#d " + HOSTILE.replace("/", "\\u002f"), StandardCharsets.UTF_8)
                        .replace("+", "%20");
        assertThat(page("/")).contains("Title &lt;script&gt;");
        assertThat(page("/flows/errors")).contains("&lt;script&gt;", subjectPath.substring(0, 40));
        assertThat(page(subjectPath)).contains("The limit is reached", "3 held", "Title &lt;script&gt;");
        assertThat(page("/messages/1")).contains("Title &lt;script&gt;");
        assertThat(page("/ledger")).contains("&lt;script&gt;");
    }

    @Test
    void aSubjectIsFoundByItsBeginning() {
        offer("jobs", "user/1");
        offer("jobs", "user/2");
        offer("jobs", "cart/1");
        assertThat(page("/flows/jobs?prefix=user"))
                .contains(">user/1<", ">user/2<")
                .doesNotContain(">cart/1<");
        assertThat(page("/flows/jobs?prefix=nobody")).contains("No subject begins with");
    }

    @Test
    void subjectsComeInPages() {
        for (int i = 100; i < 160; i++) {
            offer("jobs", "s" + i);
        }
        String first = page("/flows/jobs?order=name");
        assertThat(first).contains(">s100<", ">s149<", "Next page").doesNotContain(">s150<");
        assertThat(page("/flows/jobs?after=jobs:s149"))
                .contains(">s150<", ">s159<")
                .doesNotContain("Next page");
    }

    @Test
    void theSubjectThatHoldsTheMostComesFirst() {
        offer("errors", "a-quiet");
        for (int i = 0; i < 9; i++) {
            offer("errors", "z-loud");
            offer("errors", i < 5 ? "m-middle" : "z-loud");
        }
        assertThat(page("/flows/errors")).containsSubsequence(">z-loud<", ">m-middle<", ">a-quiet<");
        assertThat(page("/flows/errors?part=DLE")).contains("subjects/m-middle").doesNotContain("subjects/a-quiet");
        String hashed = "h".repeat(250) + "Needle";
        offer("errors", hashed);
        assertThat(page("/flows/errors?part=needle"))
                .contains(">" + hashed + "<")
                .doesNotContain("subjects/m-middle");
        assertThat(page("/flows/errors?part=none")).contains("No subject has &#39;none&#39; in it");
        assertThat(page("/flows/errors?order=name")).containsSubsequence(">a-quiet<", ">m-middle<", ">z-loud<");
    }

    @Test
    void whatCameInIsDrawnAndTold() {
        for (int i = 0; i < 5; i++) {
            offer("errors", "s");
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(page("/flows/errors?span=hour"))
                        .contains("In the last hour 5 came in, 2 went out, 3 were held, 0 were given up."));
        assertThat(page("/?span=week")).contains("In the last week 5 came in");
        assertThat(page("/?span=for-ever")).contains("In the last hour 5 came in");
    }

    @Test
    void aDeadLetterIsOfferedOnceForAll() {
        OnFailure once = new OnFailure(
                Duration.ofSeconds(1), 1, Duration.ofSeconds(1), 0, OnFailure.From.FAILURE, 1, Duration.ofSeconds(1));
        FlowConfig dying = new FlowConfig(
                new FlowPlan("dying", Map.of("", Rule.allow("3 per 1h").build()), List.of("nowhere"), once),
                new SubjectRecipe.Given(),
                List.of());
        server.close();
        server = Server.start(config(Map.of("dying", dying)));
        assertThat(page("/dead")).contains("No message is dead");
        offer("dying", "a");
        offer("dying", "b");
        Awaitility.await().until(() -> page("/dead").contains("Offer all 2 again"));
        String token = token(page("/dead"));
        assertThat(form("/dead?flow=dying", "guessed").statusCode()).isEqualTo(403);
        assertThat(form("/dead", token + "&flow=dying").headers().firstValue("Location"))
                .hasValue("/dead?passed=2&held=0");
        assertThat(page("/dead?passed=2&held=0")).contains("2 passed", "was offered again");
        assertThat(form("/dead", token + "&flow=other").headers().firstValue("Location"))
                .hasValue("/dead?passed=0&held=0");
    }

    @Test
    void theMessageAsMailShowsItMayDoNothing() {
        offer("errors", "s");
        HttpResponse<String> html = send(at("/messages/1/html").GET());
        assertThat(html.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .startsWith("sandbox; default-src 'none'")
                        .contains("frame-ancestors 'self'"));
        assertThat(html.body()).contains("Title &lt;script&gt;").doesNotContain(HOSTILE);
        assertThat(page("/messages/1")).contains("sandbox=\"\"", "src=\"/messages/1/html\"");
        assertThat(send(at("/messages/9/html").GET()).statusCode()).isEqualTo(404);
    }

    @Test
    void onlyAssetsAreKeptByBrowsers() {
        for (Assets asset : Assets.values()) {
            HttpResponse<String> response = send(at(asset.path()).GET());
            assertThat(asset.path()).matches("/assets/[a-z]+-[0-9a-f]{12}\\.[a-z]+");
            assertThat(response.headers().firstValue("Cache-Control")).hasValue("public, max-age=31536000, immutable");
        }
        HttpResponse<String> page = send(at("/").GET());
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).doesNotContain("unsafe"));
    }

    @Test
    void aResetNeedsTheTokenOfTheForm() {
        offer("errors", "s");
        offer("errors", "s");
        offer("errors", "s");
        Awaitility.await().until(() -> page("/flows/errors/subjects/s").contains("2 of 2 went out"));
        assertThat(form("/flows/errors/subjects/s", "guessed").statusCode()).isEqualTo(403);
        String before = page("/flows/errors/subjects/s");
        assertThat(before).contains("The limit is reached");
        HttpResponse<String> done = form("/flows/errors/subjects/s", token(before));
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).hasValue("/flows/errors/subjects/s");
        assertThat(page("/flows/errors/subjects/s")).contains("passes now");
    }

    @Test
    void aPendingMessageSaysWhyAndCanBeWithdrawn() {
        offer("stuck", "s");
        Awaitility.await().until(() -> page("/messages/1").contains("waiting"));
        String before = page("/messages/1");
        assertThat(before).contains("pending", "nowhere", "Withdraw");
        assertThat(form("/messages/1/withdraw", "x").statusCode()).isEqualTo(403);
        assertThat(form("/messages/1/withdraw", token(before)).statusCode()).isEqualTo(303);
        assertThat(page("/messages/1")).contains("withdrawn").doesNotContain("Withdraw<");
    }

    @Test
    void aLongSubjectIsFoundInTheLedgerAsItWasSent() {
        String subject = "s".repeat(300);
        offer("errors", subject);
        offer("errors", "other");
        HttpResponse<String> found =
                send(at("/v1/ledger?kind=pass&subject=" + subject).GET());
        assertThat(found.body().split("\"kind\"", -1)).hasSize(2);
        assertThat(page("/ledger?kind=pass&subject=" + subject))
                .contains("sha256-")
                .doesNotContain(">other<");
    }

    @Test
    void settleNowIsRefusedWhereChannelsDeliver() {
        String path = "/occurrences?settle=now";
        String body = "{\"subject\":\"s\"}";
        HttpResponse<String> refused = send(at("/v1/flows/errors" + path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"settle\"", "channels deliver");
        HttpResponse<String> lines = send(at("/v1/flows/errors" + path)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(lines.statusCode()).isEqualTo(400);
        HttpResponse<String> taken = send(at("/v1/flows/jobs" + path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(taken.statusCode()).isEqualTo(200);
    }

    @Test
    void aDeadMessageOfAFlowThatIsGoneSaysWhyItCannotBeOfferedAgain() {
        OnFailure once = new OnFailure(
                Duration.ofSeconds(1), 1, Duration.ofSeconds(1), 0, OnFailure.From.FAILURE, 1, Duration.ofSeconds(1));
        Rule rule = Rule.allow("2 per 1h").build();
        FlowConfig gone = new FlowConfig(
                new FlowPlan("gone", Map.of("", rule), List.of("nowhere"), once), new SubjectRecipe.Given(), List.of());
        server.close();
        server = Server.start(config(Map.of("gone", gone)));
        offer("gone", "s");
        Awaitility.await().until(() -> page("/messages/1").contains("Offer again"));
        server.close();
        server = Server.start(config(Map.of()));

        HttpResponse<String> refused = form("/messages/1/redrive", token(page("/messages/1")));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("not in the configuration any more");
        HttpResponse<String> api = send(at("/v1/messages/1/redrive").POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(api.statusCode()).isEqualTo(409);
    }

    @Test
    void whatIsNotThereIsSaidAsAPage() {
        for (String path : List.of("/flows/none", "/flows/errors/subjects/never", "/messages/7", "/messages/x")) {
            HttpResponse<String> response = send(at(path).GET());
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.body()).contains("Back to the overview");
        }
    }

    @Test
    void styleAndIconComeFromTheServerItself() {
        assertThat(send(at(Assets.STYLE.path()).GET()).headers().firstValue("Content-Type"))
                .hasValue("text/css; charset=utf-8");
        assertThat(send(at(Assets.ICON.path()).GET()).headers().firstValue("Content-Type"))
                .hasValue("image/svg+xml");
    }
}
