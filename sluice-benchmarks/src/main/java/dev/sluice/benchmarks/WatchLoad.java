package dev.sluice.benchmarks;

import dev.sluice.testbed.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether a server keeps up with a source: accounts that are written to a real Redis and announced there, so many times a
 * second each, and one server that watches them. Of those that fall below a boundary it is known when that was first
 * announced, when it was decided and when it arrived; one line for each ten seconds says how long that took, how many
 * values were read for how many announcements, what waits, and what is in use of the heap after a collection.
 *
 * <pre>
 * ./mvnw -q -DskipTests package -pl sluice-benchmarks,sluice-server -am
 * java -cp 'sluice-benchmarks/target/app/*' dev.sluice.benchmarks.WatchLoad [seconds] [accounts] [updates] [heap]
 * </pre>
 *
 * <p>Publisher, Redis, server and receiver are on one machine, so the server has what the others leave of it.
 */
public final class WatchLoad {
    private static final int LINE_SECONDS = 10;
    private static final int FALLS_A_SECOND = 20;
    private static final double TICKS_A_SECOND = 100;
    private static final Pattern OUTPUT = Pattern.compile("omem=(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private static final String CONFIG = """
            operator: {channels: [inbox], allow: 100 per 1h}
            channels:
              desk: {type: webhook, url: "DESK/desk"}
            actions:
              liquidate: {url: "DESK/liquidate", lease: 30s}
            flows:
              margin-call:
                source:
                  redis:
                    url: REDIS
                    channel: portfolio_updates
                    payload: "<type|lower>:<id>"
                    hashes: ["user_portfolio:{<type>:<id>}", "user:{<type>:<id>}:config"]
                watch:
                  value: margin_level
                  zones:
                    - {name: act, below: 50, action: liquidate, stop: 100}
                    - {name: alert, below: 100}
                    - {name: safe}
                  fresh: {timestamp: ts, max-age: 60s}
                  status: {field: calc_status, ok: [ok]}
                  flat: used_margin
                allow: once per 3h
                on-reset: ignore
                channels: [desk]
            """;

    private final RedisServer redis;
    private final Market market;
    private final MarginDesk desk;
    private final WatchedServer server;
    private long published;
    private double told;
    private double serverTicks;
    private double redisTicks;
    private double ownTicks;

    private WatchLoad(RedisServer redis, Market market, MarginDesk desk, WatchedServer server) {
        this.redis = redis;
        this.market = market;
        this.desk = desk;
        this.server = server;
    }

    /** Runs for so many seconds. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 120;
        int accounts = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        int updates = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        String heap = arguments.length > 3 ? arguments[3] : "256m";
        Path home = Files.createTempDirectory("sluice-load");
        try (RedisServer redis = RedisServer.start();
                Market market = new Market(redis.port(), accounts, accounts * updates, FALLS_A_SECOND);
                MarginDesk desk = new MarginDesk(market)) {
            desk.start();
            Files.writeString(
                    home.resolve("sluice.yaml"),
                    CONFIG.replace("REDIS", redis.url()).replace("DESK", desk.url()));
            try (WatchedServer server = new WatchedServer(home, heap)) {
                new WatchLoad(redis, market, desk, server).run(seconds);
            }
        } finally {
            delete(home);
        }
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void run(int seconds) throws IOException, InterruptedException {
        System.out.println("load average before: " + loadAverage());
        System.out.println(
                "   s  published/s  judged/s  waiting refused  announced to judged ms     value age ms"
                        + "       to arrival ms    to action ms   unanswered Redis owes  heap MB  RSS MB  cores: server Redis publisher");
        System.out.println("                                              p50    p99    max     p50    p99"
                + "         p50    p99    p50    p99");
        market.start();
        for (int second = LINE_SECONDS; second <= seconds; second += LINE_SECONDS) {
            Thread.sleep(LINE_SECONDS * 1_000L);
            line(second);
        }
        System.out.println("load average after: " + loadAverage());
        market.close();
        Thread.sleep(LINE_SECONDS * 1_000L);
        sum();
    }

    private void line(int second) throws IOException, InterruptedException {
        long nowPublished = market.published();
        double nowTold = server.metric("sluice_source_told");
        double[] ticks = {
            ticks(server.pid()),
            ticks(redis.pid()),
            ticks(ProcessHandle.current().pid())
        };
        List<Long> judged = desk.since(MarginDesk.Kind.JUDGED);
        List<Long> age = desk.since(MarginDesk.Kind.AGE);
        List<Long> arrived = desk.since(MarginDesk.Kind.TOLD);
        List<Long> acted = desk.since(MarginDesk.Kind.ACTED);
        System.out.printf(
                Locale.ROOT,
                "%4d  %,11d  %,8.0f  %,7.0f %,7.0f   %6.1f %6.1f %6.1f  %6.1f %6.1f      %6.1f %6.1f %6.1f %6.1f"
                        + "   %,10d %,10d  %7.1f  %6d  %13.2f %5.2f %9.2f%n",
                second,
                (nowPublished - published) / LINE_SECONDS,
                (nowTold - told) / LINE_SECONDS,
                server.metric("sluice_source_waiting"),
                server.metric("sluice_source_refused"),
                millis(judged, 0.5),
                millis(judged, 0.99),
                millis(judged, 1),
                millis(age, 0.5),
                millis(age, 0.99),
                millis(arrived, 0.5),
                millis(arrived, 0.99),
                millis(acted, 0.5),
                millis(acted, 0.99),
                market.unanswered(),
                owed(),
                second % (3 * LINE_SECONDS) == 0 ? server.liveHeap() / 1e6 : Double.NaN,
                resident(server.pid()),
                cores(ticks[0] - serverTicks),
                cores(ticks[1] - redisTicks),
                cores(ticks[2] - ownTicks));
        published = nowPublished;
        told = nowTold;
        serverTicks = ticks[0];
        redisTicks = ticks[1];
        ownTicks = ticks[2];
    }

    private void sum() throws IOException, InterruptedException {
        Map<String, AtomicInteger> messages = desk.told();
        System.out.printf(
                Locale.ROOT,
                "%,d published, %,.0f judged, %,.0f refused; %,d accounts fell, %,d were told, %,d of them more than"
                        + " once; %,d were acted on in %,d steps%n",
                market.published(),
                server.metric("sluice_source_told"),
                server.metric("sluice_source_refused"),
                market.fallen(),
                messages.size(),
                messages.values().stream().filter(times -> times.get() > 1).count(),
                desk.acted().size(),
                desk.acted().values().stream().mapToInt(AtomicInteger::get).sum());
        List<String> complaints = server.complaints();
        System.out.println(complaints.size() + " complaints in the log");
        complaints.stream().limit(LINE_SECONDS).forEach(System.out::println);
    }

    private static double millis(List<Long> sorted, double part) {
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.round(part * (sorted.size() - 1))) / 1e3;
    }

    private static double cores(double ticks) {
        return ticks / TICKS_A_SECOND / LINE_SECONDS;
    }

    /** Bytes that Redis keeps for those who listen. */
    private long owed() {
        Matcher output = OUTPUT.matcher(redis.ask("CLIENT", "LIST", "TYPE", "pubsub"));
        long bytes = 0;
        while (output.find()) {
            bytes += Long.parseLong(output.group(1));
        }
        return bytes;
    }

    private static double ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Arrays.stream(fields, 11, 13).mapToLong(Long::parseLong).sum();
    }

    private static long resident(long pid) throws IOException {
        Matcher found = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        return found.find() ? Long.parseLong(found.group(1)) / 1_024 : 0;
    }

    private static String loadAverage() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).strip();
    }
}
