package dev.sluice.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Accounts whose portfolios are written to a Redis and announced there, all of them in turn, so many a second. Some fall
 * below 100 and stay there, some below 50 until somebody acts. Publishes in a thread of its own; safe for use by many.
 */
final class Market implements AutoCloseable {
    static final String CHANNEL = "portfolio_updates";

    private static final int SAFE = 0;
    private static final int ALERT = 1;
    private static final int ACT = 2;
    private static final int ACTED = 3;
    private static final int ROUNDS_A_SECOND = 100;
    private static final int BUFFER = 1 << 16;

    /** One of so many that fall falls so far that it has to be acted on. */
    private static final int FALLS_DEEP = 20;

    private final int rate;
    private final int fallsASecond;
    private final AtomicIntegerArray zones;
    private final AtomicLongArray fellAt;
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong commands = new AtomicLong();
    private final AtomicLong replies = new AtomicLong();
    private final AtomicLong fallen = new AtomicLong();
    private final SplittableRandom random = new SplittableRandom(17);
    private final Socket socket;
    private final Thread publisher;
    private final Thread reader;
    private volatile boolean running = true;

    /**
     * @param rate updates a second, of all accounts together
     * @param fallsASecond accounts that fall a second
     */
    Market(int port, int accounts, int rate, int fallsASecond) throws IOException {
        this.rate = rate;
        this.fallsASecond = fallsASecond;
        zones = new AtomicIntegerArray(accounts);
        fellAt = new AtomicLongArray(accounts);
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        publisher = new Thread(this::publish, "market");
        reader = new Thread(this::countReplies, "market-replies");
        publisher.setDaemon(true);
        reader.setDaemon(true);
    }

    void start() {
        reader.start();
        publisher.start();
    }

    /** Microseconds since 1970. */
    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    static String subject(int account) {
        return "live:" + account;
    }

    static int account(String subject) {
        return Integer.parseInt(subject.substring("live:".length()));
    }

    /** When the account was first announced below a boundary, in microseconds since 1970. */
    long fellAt(int account) {
        return fellAt.get(account);
    }

    /** Its worst position is closed: it is well. */
    void acted(int account) {
        zones.set(account, ACTED);
    }

    /** Updates that were announced. */
    long published() {
        return published.get();
    }

    /** Commands that Redis has not answered. */
    long unanswered() {
        return commands.get() - replies.get();
    }

    /** Accounts that were announced below a boundary. */
    long fallen() {
        return fallen.get();
    }

    private void publish() {
        try {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
            configure(out);
            long began = System.nanoTime();
            double falls = 0;
            int next = 0;
            for (long round = 1; running; round++) {
                for (int i = 0; i < rate / ROUNDS_A_SECOND; i++) {
                    out.write(update(next));
                    published.incrementAndGet();
                    commands.addAndGet(2);
                    next = (next + 1) % zones.length();
                }
                out.flush();
                for (falls += (double) fallsASecond / ROUNDS_A_SECOND; falls >= 1; falls--) {
                    fall();
                }
                long due = began + round * TimeUnit.SECONDS.toNanos(1) / ROUNDS_A_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
            }
        } catch (IOException e) {
            if (running) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void configure(OutputStream out) throws IOException {
        for (int account = 0; account < zones.length(); account++) {
            StringBuilder text = new StringBuilder();
            command(
                    text,
                    "HSET",
                    "user:{" + subject(account) + "}:config",
                    "email",
                    "owner@example.org",
                    "auto_cutoff_level",
                    "100",
                    "group",
                    "standard");
            out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            commands.incrementAndGet();
        }
    }

    /** One that is well, if one is found soon, falls with its next update. */
    private void fall() {
        for (int look = 0; look < ROUNDS_A_SECOND; look++) {
            int account = random.nextInt(zones.length());
            if (zones.get(account) == SAFE) {
                zones.set(account, random.nextInt(FALLS_DEEP) == 0 ? ACT : ALERT);
                return;
            }
        }
    }

    private double level(int account) {
        return switch (zones.get(account)) {
            case ALERT -> 60 + random.nextDouble() * 39;
            case ACT -> 20 + random.nextDouble() * 29;
            default -> 110 + random.nextDouble() * 200;
        };
    }

    private byte[] update(int account) {
        String subject = subject(account);
        String level = String.format(Locale.ROOT, "%.2f", level(account));
        long at = now();
        if (Double.parseDouble(level) < 100 && fellAt.get(account) == 0) {
            fellAt.set(account, at);
            fallen.incrementAndGet();
        }
        StringBuilder text = new StringBuilder(600);
        command(
                text,
                "HSET",
                "user_portfolio:{" + subject + "}",
                "equity",
                "10250.75",
                "balance",
                "10000.00",
                "free_margin",
                "9150.25",
                "used_margin",
                "1100.50",
                "margin_level",
                level,
                "open_pnl",
                "250.75",
                "calc_status",
                "ok",
                "ts",
                Long.toString(at / 1_000));
        command(text, "PUBLISH", CHANNEL, subject);
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void command(StringBuilder text, String... words) {
        text.append('*').append(words.length).append("\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
    }

    private void countReplies() {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = socket.getInputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int lines = 0;
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
                replies.addAndGet(lines);
            }
        } catch (IOException e) {
            if (running) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Publishes no more. */
    @Override
    public void close() throws IOException {
        running = false;
        try {
            publisher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
