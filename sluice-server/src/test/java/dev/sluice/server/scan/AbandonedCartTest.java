package dev.sluice.server.scan;

import static dev.sluice.server.scan.CartGate.BEGIN;
import static dev.sluice.server.scan.CartGate.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.server.scan.CartGate.Mail;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abandoned carts of a real database through a whole server, by a clock that is moved by hand; counted at the receiver. */
class AbandonedCartTest {
    private static final String RAMP = "ramp: 100 per 1m\n";
    private static final String INCREMENTAL =
            RAMP + "        incremental: {changed: changed_at, complete-every: 30d}\n";

    @TempDir
    Path directory;

    private CartGate gate;
    private Shop shop;

    @BeforeEach
    void start() throws Exception {
        gate = CartGate.inMemory(directory);
        shop = gate.shop();
    }

    @AfterEach
    void stop() throws Exception {
        gate.close();
    }

    @Test
    @DisplayName(
            "S3.1 S3.2 S3.6 the same cart is mailed once in the 2,880 scans of a day, and again after 24 hours by the same process")
    void sameCartOnce() throws Exception {
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        shop.put(7, 2, 1);
        gate.until(DAY - 30);
        assertThat(gate.times()).containsExactly(0L);
        gate.until(DAY + 60);
        assertThat(gate.times()).containsExactly(0L, DAY);
        assertThat(gate.mails().get(0).recipient()).isEqualTo("7@example.org");
        JsonNode data = gate.mails().get(0).body().path("data");
        assertThat(data.path("total").asText()).isIn("140", "140.0", "140.00");
        assertThat(data.path("items").size()).isEqualTo(2);
        assertThat(data.path("items").get(0).path("title").asText()).isEqualTo("Lamp");
    }

    @Test
    @DisplayName("S3.4 another cart is mailed again, and going back to the old one is not")
    void anotherCart() throws Exception {
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.until(600);
        shop.put(7, 2, 1);
        gate.until(1_200);
        shop.take(7, 2);
        gate.until(3_600);
        assertThat(gate.times()).hasSize(2);
        assertThat(gate.times().get(0)).isZero();
        assertThat(gate.times().get(1)).isBetween(600L, 630L);
    }

    @Test
    @DisplayName("S3.5 a mail that failed at 0 is tried again at exactly 120 s, however often it scans")
    void failedIsTriedAgain() throws Exception {
        gate.accepts(second -> second >= 100);
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.until(3_600);
        assertThat(gate.mails()).extracting(Mail::second).containsExactly(0L, 120L);
        assertThat(gate.mails())
                .extracting(Mail::key)
                .doesNotContainNull()
                .containsOnly(gate.mails().get(0).key());
    }

    @Test
    @DisplayName(
            "S3.5b an attempt that fails 90 s after it began is repeated at 120 s, one that fails after 130 s at once")
    void retryCountsFromTheStart() throws Exception {
        gate.accepts(second -> second >= 240);
        gate.takes(90);
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.settle();
        assertThat(gate.now()).isEqualTo(90);
        gate.move(30);
        gate.takes(130);
        gate.settle();
        assertThat(gate.mails()).extracting(Mail::second).startsWith(0L, 120L, 250L);
    }

    @Test
    @DisplayName("S3.3 while a mail is being sent, for 300 s, nothing else is sent for the cart")
    void inProgress() throws Exception {
        gate.takes(300);
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.until(3_600);
        assertThat(gate.times()).containsExactly(0L);
    }

    @Test
    @DisplayName(
            "S3.10 a quantity that changes every 2 minutes for an hour is mailed 3 times a day, and the held ones are seen")
    void atMostThreeADay() throws Exception {
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 1);
        for (int quantity = 1; quantity <= 30; quantity++) {
            shop.run("update cart set quantity = ? where user_id = 7", quantity);
            gate.until(quantity * 120L);
        }
        assertThat(gate.times()).hasSize(3);
        assertThat(gate.get("v1/flows/abandoned-cart/subjects?limit=100")
                        .path("subjects")
                        .size())
                .isEqualTo(30);
    }

    @Test
    @DisplayName("S3.11 who buys or comes back between the scan and the mail is not mailed, and the ledger says why")
    void lastLook() throws Exception {
        gate.accepts(second -> second >= 100);
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        shop.user(8, Duration.ofMinutes(5));
        shop.put(8, 2, 1);
        gate.until(30);
        assertThat(gate.mails()).hasSize(2);
        gate.move(59);
        shop.order(7);
        shop.active(8);
        gate.move(31);
        gate.settle();
        assertThat(gate.times()).isEmpty();
        assertThat(gate.get("v1/ledger?flow=abandoned-cart").toString()).contains("bought", "active again");
        gate.until(600);
        assertThat(gate.times()).as("once they are idle again").hasSize(2);
    }

    @Test
    @DisplayName(
            "S3.12 of 10,000 old carts at the first start those of a week are mailed, 100 a minute, and a bad one is named")
    void firstStart() throws Exception {
        shop.run("""
                with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
                insert into users select i, i || '@example.org', 'U' || i,
                       -(case when i <= 350 then 3600 else 8 * 86400 end) from n""");
        shop.run("insert into cart select id, 1, 1 from users");
        shop.run("insert into product values (9, 'Ghost', null)");
        shop.run("insert into cart values (5, 9, 1)");
        gate.settle();
        assertThat(gate.mails()).hasSize(100);
        JsonNode scan = gate.get("v1/flows/abandoned-cart/scan");
        assertThat(scan.path("tooOld").asInt()).isEqualTo(9_650);
        assertThat(scan.path("deferred").asInt()).isEqualTo(249);
        assertThat(scan.path("badRows").get(0).path("subject").asText()).isEqualTo("5");
        assertThat(scan.path("badRows").get(0).path("reason").asText()).contains("price");
        assertThat(gate.page("flows/abandoned-cart")).contains("Last scan", "a row has no &#39;price&#39;");
        gate.until(59);
        assertThat(gate.mails()).hasSize(100);
        gate.until(600);
        assertThat(gate.mails()).hasSize(349);
        assertThat(gate.mails())
                .extracting(Mail::recipient)
                .doesNotHaveDuplicates()
                .doesNotContain("5@example.org");
    }

    @Test
    @DisplayName("metrics say what scans read, what became of it, and how decisions about it were made")
    void metrics() throws Exception {
        for (int user = 1; user <= 103; user++) {
            shop.user(user, user == 103 ? Duration.ofDays(8) : Duration.ofMinutes(5));
            shop.put(user, 1, 1);
        }
        shop.put(1, 2, 1);
        shop.run("insert into users (id, last_activity) values (200, -300)");
        shop.put(200, 1, 1);
        gate.settle();
        gate.move(60);
        gate.settle();
        gate.move(10);
        String of = "{flow=\"abandoned-cart\"} ";
        String became = "sluice_scan_candidates_total{flow=\"abandoned-cart\",outcome=";
        assertThat(gate.page("metrics"))
                .contains("sluice_scan_rows_total" + of + "210.0")
                .contains("sluice_scans_total" + of + "2.0")
                .contains("sluice_scans_failed_total" + of + "0.0")
                .contains(became + "\"passed\"} 102.0")
                .contains(became + "\"held\"} 100.0")
                .contains(became + "\"too-old\"} 2.0")
                .contains(became + "\"deferred\"} 2.0")
                .contains(became + "\"bad\"} 2.0")
                .contains("sluice_scan_waiting" + of + "0.0")
                .contains("sluice_scan_lag_seconds" + of + "10.0")
                .contains("sluice_decisions_total{decision=\"pass\",flow=\"abandoned-cart\",reason=\"allowed\"} 102.0")
                .contains(
                        "sluice_decisions_total{decision=\"suppress\",flow=\"abandoned-cart\",reason=\"limit\"} 100.0");
    }

    @Test
    @DisplayName("an incremental scan mails what is new and what has changed, and again at the end of the window")
    void incremental() throws Exception {
        gate.replaced(config -> config.replace(RAMP, INCREMENTAL));
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.until(600);
        assertThat(gate.times()).containsExactly(0L);
        shop.user(8, Duration.ofSeconds(61));
        shop.put(8, 1, 1);
        gate.until(660);
        assertThat(gate.times()).hasSize(2);
        assertThat(gate.get("v1/flows/abandoned-cart/scan").path("complete").asBoolean())
                .isFalse();
        gate.until(DAY - 30, 600);
        gate.until(DAY + 60);
        assertThat(gate.mails().stream().filter(mail -> mail.recipient().equals("7@example.org")))
                .extracting(Mail::second)
                .containsExactly(0L, DAY);
    }

    @Test
    @DisplayName("an incremental scan forgets nobody who was let out, or waits for the ramp")
    void incrementalForgetsNobody() throws Exception {
        gate.replaced(config -> config.replace(RAMP, INCREMENTAL));
        for (int user = 1; user <= 150; user++) {
            shop.user(user, Duration.ofSeconds(400 - user));
            shop.put(user, 1, 1);
        }
        gate.settle();
        assertThat(gate.mails()).hasSize(100);
        gate.until(90);
        assertThat(gate.mails()).hasSize(150);
        gate.until(DAY - 30, 600);
        assertThat(gate.mails()).hasSize(150);
        gate.until(DAY + 180);
        assertThat(gate.mails())
                .as("each is told again when its window is over")
                .hasSize(300);
    }

    @Test
    @DisplayName("what another system told under its own names is taken over, and mailed again when its window ends")
    void takesOver() throws Exception {
        String named = "select c.*, 'h' || quantity as cart_hash from (\n" + Shop.QUERY.indent(12) + ") c\n";
        gate.replaced(config -> config.replace(Shop.QUERY.indent(12), named.indent(12))
                .replace("content: [product_id, quantity]", "named-by: cart_hash"));
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        shop.user(8, Duration.ofMinutes(5));
        shop.put(8, 1, 3);
        String told = "{\"subject\":\"7/h2\",\"toldAt\":\"" + BEGIN.minusSeconds(DAY - 600) + "\"}\n";
        gate.tellOf(told);
        gate.until(900);
        assertThat(gate.mails())
                .extracting(mail -> mail.recipient() + " at " + mail.second())
                .containsExactly("8@example.org at 0", "7@example.org at 600");
    }

    @Test
    @DisplayName("an address that is one of the items, too, is where the mail goes")
    void theAddressIsOneOfTheItems() throws Exception {
        gate.replaced(config -> config.replace("items: [product_id", "items: [email, product_id"));
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.settle();
        assertThat(gate.mails()).extracting(Mail::recipient).containsExactly("7@example.org");
    }

    @Test
    @DisplayName("a database that is away is named, and scanned when it is back")
    void databaseAway() throws Exception {
        shop.run("alter table users rename to people");
        gate.settle();
        assertThat(gate.get("v1/flows/abandoned-cart/scan").path("failure").asText())
                .contains("users");
        shop.run("alter table people rename to users");
        shop.user(7, Duration.ofMinutes(5));
        shop.put(7, 1, 2);
        gate.until(60);
        assertThat(gate.times()).hasSize(1);
    }
}
