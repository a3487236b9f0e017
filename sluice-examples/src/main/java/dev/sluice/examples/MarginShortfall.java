package dev.sluice.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.contract.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A trading bot asks before each order whether there is margin enough; an exchange runs short, and gets well again. */
final class MarginShortfall implements Example {
    private static final String FLOW = "margin-shortfall";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SCAN = Duration.ofMinutes(1);
    private static final int SYMBOLS = 20;
    private static final int SCANS = 130;
    /** After one hour and after two. */
    private static final int REMINDERS = 2;

    private static final int ALTERNATIONS = 50;
    private static final int LOOKS_AT_NOTHING = 5;
    private static final double REQUIRED = 100;
    private static final double SHORT = 60;
    private static final double PLENTY = 500;

    @Override
    public String name() {
        return FLOW;
    }

    @Override
    public String headline() {
        return "20 symbols short on one exchange: one message, no orders, and word of each that is well again";
    }

    @Override
    public List<String> tell(Stage stage) throws Exception {
        ManualClock clock = stage.clock(SCAN.multipliedBy(2L * SCANS));
        WebhookReceiver desk = stage.add(WebhookReceiver.start(clock));
        Stage.Play play = stage.serve(clock, Map.of("DESK_URL", desk.address().toString()));
        return new Drama(play, desk, new Telling(stage.screen(), stage.json())).run();
    }

    /** One telling. */
    private static final class Drama {
        private final Stage.Play play;
        private final WebhookReceiver desk;
        private final Caller caller;
        private final Telling telling;

        Drama(Stage.Play play, WebhookReceiver desk, Telling telling) {
            this.play = play;
            this.desk = desk;
            this.caller = new Caller(play.server().address());
            this.telling = telling;
        }

        List<String> run() throws IOException, InterruptedException {
            telling.heading("The margin shortfall");
            telling.line("A bot looks for orders every minute, and posts what is available and what is required to");
            telling.line(play.server().address() + "v1/flows/" + FLOW + "/levels . What is short of 105 % is told to");
            telling.line(desk.address() + " , once an hour until it is enough again.");
            boundary();
            exchangeIsShort();
            itStaysShort();
            itIsEnoughAgain();
            smallerOrders();
            balanceIsNotKnown();
            return telling.end();
        }

        private void boundary() throws IOException, InterruptedException {
            telling.heading("At the boundary");
            JsonNode enough = ask(level("edge", "A", 105.00)).get(0);
            JsonNode little = ask(level("edge", "B", 104.99)).get(0);
            show("105.00 of 100.00", enough);
            show("104.99 of 100.00", little);
            telling.figure(
                    "atTheBoundary", "105.00 and 104.99 of 100: orders that may go", goes(enough, little), 1, "1");
            next();
        }

        private void exchangeIsShort() throws IOException, InterruptedException {
            telling.heading("20 symbols of one exchange are short in one scan");
            int before = desk.bodies().size();
            List<JsonNode> answers = ask(kraken(SHORT));
            List<JsonNode> told = since(before);
            told.forEach(this::show);
            telling.figure("messages", "20 symbols short in one scan: messages", told.size(), 1, "20");
            telling.figure("named", "symbols that they name", names(told).size(), SYMBOLS, "20");
            telling.figure("ordersWhileShort", "orders that may go", goes(answers.toArray(JsonNode[]::new)), 0, "0");
            next();
        }

        private void itStaysShort() throws IOException, InterruptedException {
            telling.heading("It stays short for " + (SCANS - 1) + " scans more");
            int before = desk.bodies().size();
            JsonNode last = JSON.createObjectNode();
            for (int scan = 1; scan < SCANS; scan++) {
                last = ask(kraken(SHORT)).get(0);
                next();
            }
            show("60.00 of 100.00", last);
            int more = since(before).size();
            telling.figure(
                    "messagesWhileShort",
                    "129 scans more: messages, one an hour",
                    more,
                    REMINDERS,
                    "0, more after a restart");
            telling.figure(
                    "held",
                    "checks held for each symbol",
                    last.at("/episode/held").asLong(),
                    SCANS - 1 - REMINDERS,
                    "not counted");
        }

        private void smallerOrders() throws IOException, InterruptedException {
            telling.heading("Orders of 100 and of 50 in turn, with 60 there");
            int before = desk.bodies().size();
            for (int check = 0; check < ALTERNATIONS; check++) {
                ask(level("lighter", "ETH", SHORT).put("required", check % 2 == 0 ? REQUIRED : REQUIRED / 2));
                next();
            }
            List<JsonNode> told = since(before);
            told.forEach(this::show);
            telling.line("The smaller order has enough, but that is no recovery of what was told.");
            telling.figure("alternating", "requirement 100 and 50 in turn, 50 checks: messages", told.size(), 1, "25");
        }

        private void balanceIsNotKnown() throws IOException, InterruptedException {
            telling.heading("The exchange does not say what is available");
            int before = desk.bodies().size();
            List<JsonNode> answers = new ArrayList<>();
            for (String value : List.of("NaN", "", "error", "NaN", "")) {
                answers.addAll(ask(level("okx", "BTC", 0).put("available", value)));
                next();
            }
            show("nothing of 100.00", answers.get(LOOKS_AT_NOTHING - 1));
            List<JsonNode> told = since(before);
            told.forEach(this::show);
            telling.figure(
                    "ordersUnknown",
                    "balance not known 5 times: orders that may go",
                    goes(answers.toArray(JsonNode[]::new)),
                    0,
                    "5: taken for enough");
            telling.figure("notices", "notices to the operator", told.size(), 1, "0");
        }

        private void itIsEnoughAgain() throws IOException, InterruptedException {
            telling.heading("It is enough again, and short once more");
            int before = desk.bodies().size();
            List<JsonNode> answers = ask(kraken(PLENTY));
            List<JsonNode> over = since(before);
            over.stream().limit(1).forEach(this::show);
            telling.line("   " + over.get(0).path("message").asText() + "; the other symbols each the same");
            telling.figure(
                    "ordersAgain",
                    "enough again: orders that may go",
                    goes(answers.toArray(JsonNode[]::new)),
                    SYMBOLS,
                    "20");
            telling.figure(
                    "over", "symbols that were told to be well", names(over).size(), SYMBOLS, "0");
            next();
            int again = desk.bodies().size();
            ask(kraken(SHORT));
            List<JsonNode> told = since(again);
            told.forEach(this::show);
            telling.figure("messagesAgain", "short once more: messages", told.size(), 1, "20");
            telling.figure("namedAgain", "symbols that they name", names(told).size(), SYMBOLS, "20");
        }

        private static ObjectNode[] kraken(double available) {
            return IntStream.rangeClosed(1, SYMBOLS)
                    .mapToObj(i -> level("kraken", "SYM%02d".formatted(i), available))
                    .toArray(ObjectNode[]::new);
        }

        private static ObjectNode level(String exchange, String symbol, double available) {
            return JSON.createObjectNode()
                    .put("subject", exchange + ":" + symbol)
                    .put("exchange", exchange)
                    .put("available", available)
                    .put("required", REQUIRED);
        }

        /** Posts one scan, and lets the server do what is due. */
        private List<JsonNode> ask(ObjectNode... levels) throws IOException, InterruptedException {
            List<JsonNode> answers = caller.levels(FLOW, List.of(levels));
            play.moveTo(play.clock().instant());
            return answers;
        }

        private void next() {
            play.moveTo(play.clock().instant().plus(SCAN));
        }

        private List<JsonNode> since(int before) {
            List<JsonNode> all = desk.bodies();
            return all.subList(before, all.size());
        }

        private static int goes(JsonNode... answers) {
            return (int) Stream.of(answers)
                    .filter(answer -> answer.path("proceed").asBoolean())
                    .count();
        }

        /** The symbols that messages speak of, alone or as one of many. */
        private static Set<String> names(List<JsonNode> told) {
            Set<String> names = new TreeSet<>();
            for (JsonNode body : told) {
                if (body.path("members").isEmpty()) {
                    names.add(body.path("subject").asText());
                }
                body.path("members")
                        .forEach(each -> names.add(each.path("subject").asText()));
            }
            return names;
        }

        private void show(String what, JsonNode answer) {
            telling.line("%-18s zone %-8s %-9s the order %s"
                    .formatted(
                            what,
                            answer.path("zone").asText(),
                            answer.path("decision").asText(),
                            answer.path("proceed").asBoolean() ? "may go" : "is refused"));
        }

        private void show(JsonNode told) {
            telling.line("-> " + told.path("title").asText());
            List<String> names = List.copyOf(names(List.of(told)));
            if (names.size() > 1) {
                telling.line("   " + names.get(0) + ", " + names.get(1) + " ... " + names.get(names.size() - 1));
            }
        }
    }
}
