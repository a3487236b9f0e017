package dev.sluice.jobs;

import dev.sluice.Store;
import dev.sluice.redis.RedisStore;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A second Java process that works on jobs. It says what happens line by line; a test reads, pauses, and may kill it. */
final class OtherWorker implements AutoCloseable {
    static final String KIND = "liquidate";
    static final Duration LEASE = Duration.ofSeconds(3);

    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Thread reader;

    private OtherWorker(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "other-worker");
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(said::add);
        } catch (IOException | UncheckedIOException e) {
            said.add("it ended: " + e);
        }
    }

    /** Opens the store of {@code keys}, and the jobs beside {@code database}; triggers one job and runs it for ever. */
    static OtherWorker start(String keys, String database, String subject) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder command = new ProcessBuilder(
                java,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes,
                OtherWorker.class.getName(),
                keys,
                database,
                subject);
        return new OtherWorker(
                command.redirectError(ProcessBuilder.Redirect.DISCARD).start());
    }

    static Store store(String url) {
        return url.startsWith("redis") ? RedisStore.open(url) : SqlStore.open(url, SqlSettings.STANDARD);
    }

    long pid() {
        return process.pid();
    }

    /** The next line that begins with {@code word}; the rest of it. */
    String says(String word) {
        List<String> other = new ArrayList<>();
        try {
            for (String line = next(); line != null; line = next()) {
                if (line.startsWith(word + " ")) {
                    return line.substring(word.length() + 1);
                }
                other.add(line);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("the other process did not say " + word + ", but " + other);
    }

    private @Nullable String next() throws InterruptedException {
        return said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends it without any chance to tidy up. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The other process itself. */
    public static void main(String[] arguments) throws IOException {
        try (Store store = store(arguments[0]);
                JobDatabase database = JobDatabase.beside(arguments[1], SqlSettings.STANDARD);
                Jobs jobs = Jobs.over(store, database)
                        .kind(new JobKind(KIND, LEASE, Retries.STANDARD, OtherWorker::step))
                        .listener(OtherWorker::heard)
                        .start()) {
            jobs.trigger(KIND, arguments[2], "values");
            while (System.in.read() >= 0) {
                // Works on.
            }
        }
    }

    private static StepResult step(Run run) {
        say((run.isHeld() ? "effect " : "refused ") + run.fence());
        return StepResult.again(Duration.ofMillis(20));
    }

    private static void heard(JobEvent event) {
        if (event instanceof JobEvent.Lost lost) {
            say("lost " + lost.fence());
        } else if (!(event instanceof JobEvent.Stepped)) {
            say(event.toString());
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
