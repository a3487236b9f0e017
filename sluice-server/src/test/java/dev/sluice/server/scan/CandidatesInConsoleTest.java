package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.HostileText;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of a flow that scans, and what is done on it, as a browser without scripts gets and sends it. */
class CandidatesInConsoleTest {
    private static final String PAGE = "flows/abandoned-cart";
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([0-9a-f]+)\"");
    private static final Set<String> ELEMENTS = Set.of(
            ("html head meta title link script body a header nav span svg rect main footer h1 h2 h3 p div table thead"
                            + " tbody tr th td details summary form input button select option label figure figcaption g"
                            + " desc section dl dt dd time strong b ul li pre iframe meter")
                    .split(" "));

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private CartServer carts;

    @BeforeEach
    void start() throws Exception {
        carts = new CartServer(directory, 1);
    }

    @AfterEach
    void stop() throws Exception {
        carts.close();
    }

    private String page(String path) throws Exception {
        return carts.page(path).body();
    }

    private HttpResponse<String> order(String order, String subject) throws Exception {
        Matcher token = TOKEN.matcher(page(PAGE));
        assertThat(token.find()).isTrue();
        return carts.post(
                PAGE + "/candidates",
                "token=" + token.group(1) + "&order=" + order + "&subject=" + CartServer.encoded(subject),
                "application/x-www-form-urlencoded");
    }

    private String subject(int user) throws Exception {
        return carts.candidate(user).path("subject").asText();
    }

    @Test
    void theShortAddressLeadsToTheFlowThatScans() throws Exception {
        HttpResponse<String> answer = carts.page("admin/abandonment");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).contains("/flows/abandoned-cart");
        assertThat(carts.page("admin/abandonment?flow=other").statusCode()).isEqualTo(404);
    }

    @Test
    void thePageSaysHowEachCandidateStandsHowOldItIsAndWhatCameOfAll() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.cart(2, Duration.ofMinutes(5));
        carts.cart(3, Duration.ofDays(4));
        carts.cart(4, Duration.ofDays(8));
        carts.cart(5, Duration.ofDays(10));
        carts.settle();
        assertThat(page(PAGE))
                .contains("Candidates", "User 1, you left something", "User 2, you left something")
                .contains(">sent<", ">waiting<", ">passed over<", "enough were let out", "older than max-age")
                .contains("fresh, 5m", "ageing, 4d", "old, 8d", "old, 10d")
                .contains("days begin at midnight UTC", "Day (UTC)", "In the last 14 days: 1 sent");
        assertThat(page(PAGE + "?state=sent")).contains("User 1,").doesNotContain("User 2,");
        assertThat(page(PAGE + "?user=2")).contains("User 2,").doesNotContain("User 1,");
        assertThat(page(PAGE + "?state=failed")).contains("There is none.");
    }

    @Test
    void whatWouldGoOutIsShownBeforeItDoes() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.cart(2, Duration.ofMinutes(5));
        carts.settle();
        String path = PAGE + "/candidates/" + CartServer.encoded(subject(2));
        assertThat(page(PAGE)).contains("href=\"/" + path + "\"");
        assertThat(page(path)).contains("User 2, you left something", "2 x Lamp", "to 2@example.org");
        assertThat(page(path + "/html")).contains("2 x Lamp");
        carts.shop.active(2);
        assertThat(carts.page(path).statusCode()).isEqualTo(404);
        assertThat(page(path)).contains("active again");
    }

    @Test
    void ordersAreTakenFromFormsOfThisServerAloneAndAreInTheLedger() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.cart(2, Duration.ofMinutes(5));
        carts.settle();
        String subject = subject(2);
        HttpResponse<String> foreign = carts.post(
                PAGE + "/candidates",
                "token=00&order=send&subject=" + CartServer.encoded(subject),
                "application/x-www-form-urlencoded");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(order("hold", subject).statusCode()).isEqualTo(303);
        assertThat(page(PAGE + "?done=hold")).contains("It is held.", "held by console", "Let go");
        assertThat(order("send", subject).body()).contains("Nothing was done", "let it go first");
        assertThat(order("let-go", subject).statusCode()).isEqualTo(303);
        assertThat(order("send", subject).statusCode()).isEqualTo(303);
        carts.settle();
        assertThat(carts.mails()).containsExactly("1@example.org", "2@example.org");
        assertThat(order("again", subject).statusCode()).isEqualTo(303);
        carts.settle();
        assertThat(carts.mails()).hasSize(3);
        assertThat(page("ledger"))
                .contains("candidate: held by console", "candidate: let go by console")
                .contains("candidate: offered now by console", "candidate: offered again in its window by console");
    }

    @ParameterizedTest
    @EnumSource(HostileText.class)
    void hostileTextIsOnlyEverText(HostileText hostile) throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.cart(2, Duration.ofMinutes(5));
        carts.named(1, hostile.stored());
        carts.named(2, hostile.stored());
        carts.settle();
        carts.order("7/" + hostile.stored(), "hold", "");
        HostileText.assertNoMarkup(page(PAGE), ELEMENTS);
        HostileText.assertNoMarkup(page(PAGE + "?user=" + CartServer.encoded(hostile.stored())), ELEMENTS);
        String path = PAGE + "/candidates/";
        HostileText.assertNoMarkup(page(path + CartServer.encoded(subject(2))), ELEMENTS);
        HostileText.assertNoMarkup(page(path + CartServer.encoded("7/" + hostile.stored())), ELEMENTS);
        HostileText.assertNoMarkup(order("forget", hostile.stored()).body(), ELEMENTS);
    }
}
