package dev.sluice.server;

import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Statistics;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Logs the statistics of each flow now and then, in one line, where anything changed since its last line. */
final class StatisticsLog implements AutoCloseable {
    /** The logger that the lines go to. */
    static final String LOGGER = "dev.sluice.statistics";

    private static final double PERCENT = 100;

    private final Engine engine;
    private final System.Logger log;
    private final Map<String, Statistics> last = new HashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sluice-statistics");
    private Duration every = Duration.ZERO;

    StatisticsLog(Engine engine, System.Logger log) {
        this.engine = engine;
        this.log = log;
        thread.setDaemon(true);
    }

    /** Begins; what was counted until now has been told, or is old. */
    void start(Duration interval) {
        every = interval;
        last.putAll(byName());
        thread.start();
    }

    private void run() {
        try {
            while (!stopped.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Logs what changed. */
    void look() {
        try {
            byName().forEach((flow, now) -> {
                Statistics before = last.put(flow, now);
                if (!now.equals(before) && now.occurrences() > 0) {
                    log.log(Level.INFO, line(flow, now));
                }
            });
        } catch (RuntimeException e) {
            log.log(Level.WARNING, "The statistics cannot be read now", e);
        }
    }

    private Map<String, Statistics> byName() {
        Map<String, Statistics> all = new HashMap<>();
        for (Map.Entry<FlowConfig, Statistics> each : Statistics.ofAll(engine).entrySet()) {
            all.put(each.getKey().name(), each.getValue());
        }
        return all;
    }

    static String line(String flow, Statistics statistics) {
        return String.format(
                Locale.ROOT,
                "Statistics of %s: tracked_signatures=%d total_occurrences=%d total_alerts_sent=%d total_suppressed=%d"
                        + " suppression_rate=%.1f%%",
                flow,
                statistics.tracked(),
                statistics.occurrences(),
                statistics.sent(),
                statistics.suppressed(),
                statistics.suppressionRate() * PERCENT);
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
