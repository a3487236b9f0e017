package dev.sluice.server.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How candidates stand and what an operator does about them, over HTTP, with a real scan. */
class CandidatesOverHttpTest {
    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private CartServer carts;

    @BeforeEach
    void start() throws Exception {
        carts = new CartServer(directory, 2);
    }

    @AfterEach
    void stop() throws Exception {
        carts.close();
    }

    private String audit() throws Exception {
        return carts.get("v1/ledger?flow=abandoned-cart&kind=action").toString();
    }

    @Test
    void eachCandidateHasOneRowThatSaysHowItStands() throws Exception {
        for (int user = 1; user <= 3; user++) {
            carts.cart(user, Duration.ofMinutes(5));
        }
        carts.cart(9, Duration.ofDays(10));
        carts.settle();
        assertThat(carts.states("")).isEqualTo(Map.of("1", "sent", "2", "sent", "3", "waiting", "9", "passed-over"));
        assertThat(carts.candidate(3).path("ageSeconds").asLong()).isEqualTo(300);
        carts.post(CartServer.FLOW + "conversions", "{\"user\":\"2\",\"id\":\"order-1\"}", "application/json");
        carts.pass(Duration.ofMinutes(2));
        assertThat(carts.states("")).containsEntry("2", "converted").containsEntry("3", "sent");
        assertThat(carts.states("&state=converted")).isEqualTo(Map.of("2", "converted"));
        assertThat(carts.states("&state=sent")).containsOnlyKeys("1", "3");
    }

    @Test
    void oneThatItsBudgetHoldsSaysSoAndUntilWhen() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.shop.put(1, 2, 1);
        carts.pass(Duration.ofMinutes(2));
        carts.shop.put(1, 3, 1);
        carts.pass(Duration.ofMinutes(2));
        carts.shop.take(1, 1);
        carts.pass(Duration.ofMinutes(2));
        assertThat(carts.mails()).hasSize(3);
        List<JsonNode> held = carts.candidates("&state=held");
        assertThat(held).hasSize(1);
        assertThat(held.get(0).path("why").asText()).isEqualTo("held by budget shopper");
        assertThat(held.get(0).path("until").asText()).startsWith("2026-01-15T09:00");
        assertThat(carts.candidates("&user=1"))
                .extracting(each -> each.path("state").asText())
                .containsExactlyInAnyOrder("held", "sent", "sent", "sent");
    }

    @Test
    void oneWhoseMailIsRefusedHasFailedAndSaysWhenItIsTriedAgain() throws Exception {
        carts.answers(503);
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        JsonNode failed = carts.candidate(1);
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("until").asText()).isEqualTo("2026-01-14T09:02:00Z");
        assertThat(failed.path("why").asText()).contains("503");
    }

    @Test
    void oneThatIsOnItsWayDoesNotWaitForTheRampAsWell() throws Exception {
        carts.answers(503);
        carts.cart(1, Duration.ofMinutes(5));
        carts.cart(2, Duration.ofMinutes(5));
        carts.pass(Duration.ofSeconds(30));
        assertThat(carts.candidates(""))
                .extracting(each -> each.path("state").asText())
                .containsExactly("failed", "failed");
    }

    @Test
    void oneWhoseAttemptsAllFailedHasOneRowThatSaysSo() throws Exception {
        carts.answers(400);
        carts.cart(1, Duration.ofMinutes(5));
        carts.pass(Duration.ofMinutes(3));
        assertThat(carts.candidate(1).path("state").asText()).isEqualTo("failed");
    }

    @Test
    void oneThatWasTakenBackSaysWhyAndHasOneRowWhenItIsSentInTheSameWindow() throws Exception {
        carts.answers(503);
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.shop.put(1, 2, 1);
        carts.pass(Duration.ofMinutes(3));
        assertThat(carts.states("&state=withdrawn")).containsOnlyKeys("1");
        assertThat(carts.candidates("&state=withdrawn").get(0).path("why").asText())
                .contains("its content has changed");
        carts.answers(204);
        carts.shop.take(1, 2);
        carts.pass(Duration.ofMinutes(5));
        assertThat(carts.candidates("&user=1&state=sent")).hasSize(1);
        String sent =
                carts.candidates("&user=1&state=sent").get(0).path("subject").asText();
        assertThat(carts.candidates("&user=1").stream()
                        .filter(each -> each.path("subject").asText().equals(sent)))
                .hasSize(1);
    }

    @Test
    void theSameContentInTheNextWindowIsARowOfItsOwn() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.jump(Duration.ofHours(24));
        carts.pass(Duration.ofMinutes(1));
        assertThat(carts.mails()).hasSize(2);
        List<JsonNode> rows = carts.candidates("");
        assertThat(rows).extracting(each -> each.path("subject").asText()).hasSize(2);
        assertThat(rows).extracting(each -> each.path("at").asText()).doesNotHaveDuplicates();
    }

    @Test
    void oneThatWaitsForTheRampIsSentAtOnceAndNeverTwice() throws Exception {
        for (int user = 1; user <= 3; user++) {
            carts.cart(user, Duration.ofMinutes(5));
        }
        carts.settle();
        assertThat(carts.mails()).hasSize(2);
        HttpResponse<String> answer = carts.order(3, "send", "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        carts.settle();
        assertThat(carts.mails()).contains("3@example.org").hasSize(3);
        carts.pass(Duration.ofMinutes(5));
        assertThat(carts.mails()).hasSize(3);
        assertThat(carts.states("")).isEqualTo(Map.of("1", "sent", "2", "sent", "3", "sent"));
        assertThat(audit()).contains("candidate: offered now by api");
    }

    @Test
    void aSecondOneInTheSameWindowNeedsTheWord() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        HttpResponse<String> once = carts.order(1, "send", "{}");
        assertThat(once.statusCode()).isEqualTo(409);
        assertThat(once.body()).contains("limit", "2026-01-15T09:00");
        carts.settle();
        assertThat(carts.mails()).hasSize(1);
        String subject = carts.candidate(1).path("subject").asText();
        for (int more = 2; more <= 3; more++) {
            assertThat(carts.order(subject, "send", "{\"again\":true}").statusCode())
                    .isEqualTo(200);
            carts.settle();
            assertThat(carts.mails()).hasSize(more);
        }
        assertThat(carts.order(subject, "send", "{\"again\":true}").body()).contains("budget shopper");
        assertThat(audit()).contains("candidate: offered again in its window by api");
    }

    @Test
    void theNextAttemptOfOneThatFailedIsMadeNow() throws Exception {
        carts.answers(503);
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.answers(204);
        assertThat(carts.order(1, "send", "{}").body()).contains("its next attempt is made now");
        carts.settle();
        assertThat(carts.mails()).containsExactly("1@example.org");
        assertThat(carts.candidate(1).path("state").asText()).isEqualTo("sent");
        assertThat(audit()).contains("is tried now, as api asked");
    }

    @Test
    void oneThatIsNoCandidateAnyMoreIsNotSent() throws Exception {
        carts.answers(400);
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.answers(204);
        carts.shop.active(1);
        HttpResponse<String> answer = carts.order(1, "send", "{}");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("active again");
        assertThat(carts.mails()).isEmpty();
    }

    @Test
    void oneThatIsHeldIsWithdrawnAndSentWhenItIsLetGo() throws Exception {
        carts.answers(503);
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.answers(204);
        assertThat(carts.order(1, "hold", "{}").statusCode()).isEqualTo(200);
        carts.pass(Duration.ofHours(1));
        assertThat(carts.mails()).isEmpty();
        JsonNode held = carts.candidate(1);
        assertThat(held.path("state").asText()).isEqualTo("held");
        assertThat(held.path("why").asText()).isEqualTo("held by api");
        assertThat(carts.order(1, "send", "{}").body()).contains("let it go first");
        assertThat(carts.order(1, "let-go", "").statusCode()).isEqualTo(200);
        carts.pass(Duration.ofMinutes(1));
        assertThat(carts.mails()).containsExactly("1@example.org");
        assertThat(carts.candidate(1).path("state").asText()).isEqualTo("sent");
        assertThat(audit()).contains("candidate: held by api", "candidate: let go by api");
    }

    @Test
    void oneThatIsHeldForATimeIsSentWhenThatIsOver() throws Exception {
        for (int user = 1; user <= 3; user++) {
            carts.cart(user, Duration.ofMinutes(5));
        }
        carts.settle();
        assertThat(carts.order(3, "hold", "{\"for\":\"10m\"}").statusCode()).isEqualTo(200);
        carts.pass(Duration.ofMinutes(9));
        assertThat(carts.mails()).doesNotContain("3@example.org");
        assertThat(carts.candidate(3).path("until").asText()).isEqualTo("2026-01-14T09:10:00Z");
        carts.pass(Duration.ofMinutes(2));
        assertThat(carts.mails()).contains("3@example.org");
    }

    @Test
    void oneThatIsForgottenIsNotSentButAnotherContentOfThatUserIs() throws Exception {
        for (int user = 1; user <= 3; user++) {
            carts.cart(user, Duration.ofMinutes(5));
        }
        carts.settle();
        assertThat(carts.order(3, "forget", "").statusCode()).isEqualTo(200);
        carts.pass(Duration.ofHours(1));
        assertThat(carts.mails()).doesNotContain("3@example.org");
        assertThat(carts.states("")).doesNotContainKey("3");
        assertThat(carts.states("&state=forgotten")).containsOnlyKeys("3");
        carts.shop.put(3, 2, 1);
        carts.pass(Duration.ofMinutes(1));
        assertThat(carts.mails()).contains("3@example.org");
        assertThat(audit()).contains("candidate: forgotten by api");
    }

    @Test
    void whatMakesNoSenseIsRefusedAllAtOnce() throws Exception {
        assertThat(carts.page(CartServer.FLOW + "scan/candidates?state=lost&after=x&limit=0")
                        .body())
                .contains("state", "after", "limit");
        assertThat(carts.order("1/x", "hold", "{\"for\":\"soon\"}").body()).contains("must be a duration");
        assertThat(carts.order("1/x", "send", "{\"again\":\"perhaps\"}").body()).contains("must be true or false");
        assertThat(carts.order("1/x", "send", "").body()).contains("no candidate any more");
        assertThat(carts.order("1/x", "let-go", "").body()).contains("not kept back");
    }

    @Test
    void theDaysSayWhatCameOfTheMails() throws Exception {
        carts.cart(1, Duration.ofMinutes(5));
        carts.settle();
        carts.jump(Duration.ofHours(15));
        carts.post(CartServer.FLOW + "conversions", "{\"user\":\"1\",\"id\":\"order-1\"}", "application/json");
        carts.settle();
        JsonNode days = carts.get(CartServer.FLOW + "scan/days").path("days");
        assertThat(days.size()).isEqualTo(14);
        assertThat(days.get(12).path("from").asText()).isEqualTo("2026-01-14T00:00:00Z");
        assertThat(days.get(12).path("sent").asInt()).isEqualTo(1);
        assertThat(days.get(12).path("converted").asInt()).isZero();
        assertThat(days.get(13).path("converted").asInt()).isEqualTo(1);
    }
}
