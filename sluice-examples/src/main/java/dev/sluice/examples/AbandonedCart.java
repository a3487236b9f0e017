package dev.sluice.examples;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.contract.ManualClock;
import dev.sluice.testbed.Database;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.SqlServer;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A shop in a real database: who left something in a cart is told once, whatever is done to the cart, and not if it was bought. */
final class AbandonedCart implements Example {
    private static final String FLOW = "abandoned-cart";
    private static final Duration SCAN = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final Duration DAY = Duration.ofDays(1);
    private static final int LAMP = 1;
    private static final int CHAIR = 2;
    private static final int DESK = 3;
    private static final int GHOST = 4;
    private static final int ANN = 1;
    private static final int BOB = 2;
    private static final int CLEO = 3;
    private static final int DAN = 4;
    private static final int EVE = 5;
    private static final int FAY = 6;
    private static final int GIL = 7;
    private static final int CLICKS = 30;
    private static final int OLD = 1_000;

    @Override
    public String name() {
        return FLOW;
    }

    @Override
    public String headline() {
        return "Carts of a shop in MariaDB: one mail for each content a day, 3 for each shopper, none after a purchase";
    }

    @Override
    public String page() {
        return "flows/abandoned-cart";
    }

    @Override
    public List<String> tell(Stage stage) throws Exception {
        ManualClock clock = stage.clock(DAY.multipliedBy(2));
        MariaDbServer server = stage.add(MariaDbServer.start(SqlServer.Durability.MEMORY));
        Database database = server.fresh();
        CartShop shop = stage.add(CartShop.open(database.jdbcUrl(), clock));
        MailServer mail = stage.add(MailServer.start(clock));
        Stage.Play play = stage.serve(
                clock,
                Map.of(
                        "SHOP_URL",
                        database.url(),
                        "SHOP_NOW",
                        CartShop.NOW,
                        "MAIL_PORT",
                        String.valueOf(mail.port()),
                        "PUBLIC_URL",
                        "https://gate.example.org",
                        "LINK_SECRET",
                        "only-for-this-story-0"));
        Telling telling = new Telling(stage.screen(), stage.json());
        telling.heading("The abandoned carts");
        telling.line("A shop lives in a MariaDB. Every 30 seconds the server reads its carts, and mails go to");
        telling.line("smtp://127.0.0.1:" + mail.port() + " .");
        return new Drama(play, shop, mail, new Caller(play.server().address()), telling).run();
    }

    /** One telling. */
    private record Drama(Stage.Play play, CartShop shop, MailServer mail, Caller caller, Telling telling) {
        List<String> run() throws IOException, InterruptedException, SQLException {
            tiers();
            sameCart();
            otherCart();
            clicks();
            bought();
            bad();
            nextDay();
            return telling.end();
        }

        private void tiers() throws SQLException {
            telling.heading("Three shoppers leave 20.00, 100.00 and 500.00 in their carts");
            shop.shopper(ANN, "Ann", IDLE, LAMP, 1);
            shop.shopper(BOB, "Bob", IDLE, CHAIR, 1);
            shop.shopper(CLEO, "Cleo", IDLE, DESK, 1);
            scan();
            List<Arrival> told = told(0);
            telling.figure("first", "three carts: mails", told.size(), 3, "3");
            telling.figure("tenPercent", "with 10 % off", count(told, "10% OFF"), 1, "1");
            telling.figure("twentyPercent", "with 20 % off", count(told, "20% OFF"), 1, "1");
        }

        private void sameCart() throws SQLException {
            telling.heading("An hour, 120 scans, and nobody touches a cart");
            int before = mails();
            pass(Duration.ofHours(1));
            telling.figure(
                    "again", "120 scans of the same carts: mails", mails() - before, 0, "0; 120 with two processes");
        }

        private void otherCart() throws SQLException {
            telling.heading("Ann adds a chair, and takes it out again");
            int before = mails();
            shop.put(ANN, CHAIR, 1);
            pass(Duration.ofMinutes(5));
            shop.take(ANN, CHAIR);
            pass(Duration.ofMinutes(5));
            told(before);
            telling.figure("changed", "a chair in and out again: mails", mails() - before, 1, "1");
        }

        private void clicks() throws SQLException {
            telling.heading("Bob changes the quantity every two minutes, for an hour");
            int before = mails();
            for (int quantity = 2; quantity < 2 + CLICKS; quantity++) {
                shop.quantity(BOB, quantity);
                pass(Duration.ofMinutes(2));
            }
            told(before);
            telling.figure("clicks", "30 other quantities in an hour: mails", mails() - before, 2, "30");
        }

        private void bought() throws IOException, InterruptedException, SQLException {
            telling.heading("One scan finds Dan and Eve. While Dan's mail is on its way, Eve buys");
            int before = mails();
            shop.shopper(DAN, "Dan", IDLE, LAMP, 1);
            shop.shopper(EVE, "Eve", IDLE, LAMP, 1);
            mail.atNext(() -> buys(EVE));
            pass(Duration.ofMinutes(1));
            told(before);
            JsonNode ledger = caller.get("v1/ledger?flow=" + FLOW + "&limit=20");
            telling.line("The ledger says: bought.");
            telling.figure("bought", "one of two buys before her mail is sent: mails", mails() - before, 1, "2");
            telling.figure("why", "the ledger says why", ledger.toString().contains("bought") ? 1 : 0, 1, "no ledger");
        }

        private void bad() throws IOException, InterruptedException, SQLException {
            telling.heading("An old shop: 1,000 carts of a month ago, and one with a product without a price");
            int before = mails();
            for (int id = OLD; id < 2 * OLD; id++) {
                shop.shopper(id, "Old", Duration.ofDays(30), LAMP, 1);
            }
            shop.shopper(FAY, "Fay", IDLE, GHOST, 1);
            shop.shopper(GIL, "Gil", IDLE, LAMP, 1);
            pass(Duration.ofMinutes(1));
            told(before);
            JsonNode scan = caller.get("v1/flows/" + FLOW + "/scan");
            telling.line("Not sent: " + scan.at("/badRows/0/subject").asText() + ", "
                    + scan.at("/badRows/0/reason").asText());
            telling.figure(
                    "old", "a month old: passed over", scan.path("tooOld").asLong(), OLD, "1,000 mails");
            telling.figure(
                    "bad", "carts with a bad row: named", scan.path("bad").asLong(), 1, "the scan ends there");
            telling.figure("beside", "the cart beside them: mails", mails() - before, 1, "0");
        }

        private void nextDay() throws SQLException {
            telling.heading("A day after the first mails");
            int before = mails();
            Instant end = play.clock().instant().plus(DAY);
            while (play.clock().instant().isBefore(end)) {
                play.clock().advance(Duration.ofMinutes(10));
                scan();
            }
            List<Arrival> told = told(before);
            telling.figure("nextDay", "Cleo's cart is still there: mails", count(told, "Cleo"), 1, "0");
        }

        private void buys(int id) throws MessagingException {
            try {
                shop.order(id);
            } catch (SQLException e) {
                throw new MessagingException("the shop does not answer", e);
            }
        }

        /** Scans and sends at the time that it is. */
        private void scan() throws SQLException {
            shop.keepTime();
            play.moveTo(play.clock().instant());
            play.moveTo(play.clock().instant());
        }

        private void pass(Duration time) throws SQLException {
            Instant end = play.clock().instant().plus(time);
            while (play.clock().instant().isBefore(end)) {
                play.clock().advance(SCAN);
                scan();
            }
        }

        private int mails() {
            return mail.arrivals().size();
        }

        private List<Arrival> told(int before) {
            List<Arrival> all = mail.arrivals();
            List<Arrival> told = all.subList(before, all.size());
            told.stream().limit(4).forEach(each -> telling.line("-> " + each.title()));
            return told;
        }

        private static int count(List<Arrival> told, String part) {
            return (int)
                    told.stream().filter(each -> each.title().contains(part)).count();
        }
    }
}
