package dev.sluice.examples;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.contract.ManualClock;
import dev.sluice.testbed.RedisServer;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Accounts whose margin falls, announced by a Redis: who is told, who is liquidated, and who is left alone. */
final class MarginCall implements Example {
    private static final String FLOW = "margin-call";
    private static final Duration WINDOW = Duration.ofHours(3);
    private static final Duration APART = Duration.ofSeconds(45);
    private static final int ANNOUNCED_AT_ONCE = 15;
    private static final int OSCILLATIONS = 10;
    private static final double AN_ORDER = 8;

    /** The server reads what Redis announces in threads of its own, by real time. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(2);

    @Override
    public String name() {
        return FLOW;
    }

    @Override
    public String headline() {
        return "Margins out of a Redis: mails once in 3 hours, liquidation by webhook, and nothing by what is not known";
    }

    @Override
    public List<String> tell(Stage stage) throws Exception {
        ManualClock clock = stage.clock(WINDOW.multipliedBy(2));
        RedisServer redis = stage.add(RedisServer.start());
        RedisClient client = RedisClient.create(redis.url());
        stage.add(client::shutdown);
        Accounts accounts = new Accounts(client.connect(), clock);
        MailServer mail = stage.add(MailServer.start(clock));
        Broker broker = stage.add(Broker.start(step -> accounts.write(step.subject(), step.level() + AN_ORDER)));
        Stage.Play play = stage.serve(
                clock,
                Map.of(
                        "REDIS_URL", redis.url(),
                        "MAIL_PORT", String.valueOf(mail.port()),
                        "BROKER_URL", broker.address().toString()));
        Telling telling = new Telling(stage.screen(), stage.json());
        telling.heading("The margin call");
        telling.line("Accounts live in the hashes of a Redis, and a channel says whose have changed:");
        telling.line(redis.url() + " . Mails go to smtp://127.0.0.1:" + mail.port() + " , orders to close to");
        telling.line(broker.address() + " .");
        return new Drama(play, accounts, mail, broker, telling).run();
    }

    /** One telling. */
    private record Drama(Stage.Play play, Accounts accounts, MailServer mail, Broker broker, Telling telling) {
        List<String> run() throws IOException, InterruptedException {
            threeHours();
            oscillates();
            flat();
            unknown();
            falls();
            recovers();
            return telling.end();
        }

        private void threeHours() throws IOException, InterruptedException {
            telling.heading("80 %, for three hours");
            Instant begin = now();
            accounts.open("live:42");
            accounts.level("live:42", 80);
            until("the first mail", () -> mails(0) == 1);
            int announced = 0;
            for (Instant at = begin.plus(APART); at.isBefore(begin.plus(WINDOW)); at = at.plus(APART)) {
                play.clock().set(at);
                accounts.write("live:42", 70 + announced % 25);
                for (int i = 0; i < ANNOUNCED_AT_ONCE; i++) {
                    accounts.announce("live:42");
                    announced++;
                }
                seen("live:42");
            }
            int between = mails(1);
            play.clock().set(begin.plus(WINDOW));
            accounts.level("live:42", 80);
            until("the second mail", () -> mails(1) == 1);
            told(0);
            List<Arrival> all = mail.arrivals();
            long apart = Duration.between(all.get(0).at(), all.get(1).at()).toSeconds();
            telling.figure("between", announced + " updates below 100 % in three hours: mails", between, 0, "0");
            telling.figure("apart", "seconds from the first mail to the second", apart, WINDOW.toSeconds(), "10800");
        }

        private void oscillates() throws IOException, InterruptedException {
            telling.heading("99.9 % and 100.0 % in turn, ten times");
            int before = mails(0);
            accounts.open("live:43");
            for (int i = 0; i < OSCILLATIONS; i++) {
                accounts.level("live:43", 99.9);
                seen("live:43");
                play.clock().advance(Duration.ofSeconds(1));
                accounts.level("live:43", 100);
                over("live:43");
                play.clock().advance(Duration.ofSeconds(1));
            }
            told(before);
            accounts.close("live:43");
            telling.figure("oscillations", "99.9 % and 100.0 % in turn, ten times: mails", mails(before), 1, "10");
        }

        private void flat() throws IOException, InterruptedException {
            telling.heading("An account without a position says 0 %");
            int before = mails(0);
            accounts.open("demo:7");
            accounts.write("demo:7", "0.0", "0", "ok");
            accounts.announce("demo:7");
            // What is announced after it is read after it.
            accounts.level("live:42", 80);
            seen("live:42");
            told(before);
            telling.line("It has nothing at stake: no mail, no order closed.");
            accounts.close("demo:7");
            telling.figure(
                    "flat", "no position, 0 %: mails and steps", mails(before) + steps(), 0, "a run, of nothing");
        }

        private void unknown() throws InterruptedException, IOException {
            telling.heading("A level that nobody knows");
            int before = mails(0);
            accounts.open("live:44");
            accounts.write("live:44", "nan", "1000", "ok");
            // How often it must be read for that depends on what was read already.
            until("the notice", () -> {
                accounts.announce("live:44");
                return mails(before) > 0;
            });
            accounts.write("live:44", "12.5", "1000", "degraded");
            accounts.announce("live:44");
            accounts.level("live:42", 79);
            play.clock().advance(Duration.ofSeconds(1));
            accounts.level("live:42", 78);
            seen("live:42");
            told(before);
            accounts.close("live:44");
            telling.figure(
                    "unknown", "'nan', and 12.5 % out of degraded figures: steps", steps(), 0, "a run at 12.5 %");
            telling.figure("notices", "notices to the operator", mails(before), 1, "0");
        }

        private void falls() throws IOException, InterruptedException {
            telling.heading("From 120 % to 40 % in one tick");
            int before = mails(0);
            accounts.open("live:45");
            accounts.level("live:45", 120);
            play.clock().advance(Duration.ofMillis(200));
            accounts.level("live:45", 40);
            until("the step that the broker refuses", () -> steps() == 2);
            play.clock().advance(Duration.ofSeconds(2));
            until("the end of the liquidation", () -> steps() == 9);
            until("the mail", () -> mails(before, "Liquidation: ") > 0);
            for (Broker.Step step : broker.steps()) {
                telling.line("step %d   %5.1f %%   fence %d   %s"
                        .formatted(
                                step.number(),
                                step.level(),
                                step.fence(),
                                step.isRefused() ? "503" : "an order closed"));
            }
            told(before);
            telling.line(
                    "The broker failed once; the action went on by its timer, as a new holder with a higher fence.");
            telling.line(
                    "The lock of the original has no end: after a crash in a run, 1000 updates at 5 % began no other.");
            long closed =
                    broker.steps().stream().filter(step -> !step.isRefused()).count();
            telling.figure(
                    "closed", "from 120 % to 40 %: orders closed until 100 %", closed, 8, "8, or 0 after a crash");
            telling.figure("fences", "holders, each with a fence of its own", fences(), 2, "no fence");
            telling.figure("fallMails", "mails of it to the account", mails(before, "Liquidation: "), 1, "0");
        }

        private long fences() {
            return broker.steps().stream().map(Broker.Step::fence).distinct().count();
        }

        private void recovers() throws IOException, InterruptedException {
            telling.heading("Well again, and ill again");
            int before = mails(0);
            int steps = steps();
            accounts.announce("live:45");
            over("live:45");
            accounts.level("live:42", 120);
            over("live:42");
            play.clock().advance(Duration.ofMinutes(1));
            accounts.level("live:42", 75);
            seen("live:42");
            telling.line(
                    "'on-reset: ignore': once in three hours, whatever happens in between. With 'rearm' it is told.");
            telling.figure("again", "75 % after a recovery: mails", mails(before, "Margin Alert: Level 75%"), 0, "1");
            telling.figure("stepsAfter", "steps after the recovery", steps() - steps, 0, "0");
        }

        private Instant now() {
            return play.clock().instant();
        }

        private int mails(int before) {
            return mail.arrivals().size() - before;
        }

        /** Those that begin so: a sweep may come at any moment, and find what is between two steps. */
        private int mails(int before, String title) {
            List<Arrival> all = mail.arrivals();
            return (int) all.subList(before, all.size()).stream()
                    .filter(each -> each.title().startsWith(title))
                    .count();
        }

        private int steps() {
            return broker.steps().size();
        }

        private void told(int before) {
            List<Arrival> all = mail.arrivals();
            all.subList(before, all.size())
                    .forEach(
                            each -> telling.line("-> " + each.at().toString().substring(11, 19) + "  " + each.title()));
        }

        /** Until the level of this moment was looked at. */
        private void seen(String id) throws IOException, InterruptedException {
            until("a look at " + id, () -> {
                JsonNode episodes = episodes(id);
                return !episodes.isEmpty()
                        && !Instant.parse(episodes.get(0).path("lastSeen").asText())
                                .isBefore(now());
            });
        }

        private void over(String id) throws IOException, InterruptedException {
            until("the recovery of " + id, () -> episodes(id).isEmpty());
        }

        private JsonNode episodes(String id) throws IOException, InterruptedException {
            return new Caller(play.server().address())
                    .get("v1/flows/" + FLOW + "/episodes?state=open&subject=" + id)
                    .path("episodes");
        }

        /** A question that is asked again and again. */
        private interface Question {
            boolean ask() throws IOException, InterruptedException;
        }

        private void until(String what, Question question) throws IOException, InterruptedException {
            long begin = System.nanoTime();
            do {
                play.moveTo(now());
                if (question.ask()) {
                    play.moveTo(now());
                    return;
                }
                Thread.sleep(LOOK.toMillis());
            } while (System.nanoTime() - begin < PATIENCE.toNanos());
            throw new IOException(what + " did not come within " + PATIENCE.toSeconds() + " s");
        }
    }
}
