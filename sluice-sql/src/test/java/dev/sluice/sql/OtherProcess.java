package dev.sluice.sql;

import dev.sluice.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** A second Java process that opens a store. It says what happens line by line; a test reads, and may kill it. */
final class OtherProcess implements AutoCloseable {
    static final String OPEN = "open";

    private static final int UNDER_WAY = 500;

    private final Process process;
    private final BufferedReader said;

    private OtherProcess(Process process) {
        this.process = process;
        this.said = process.inputReader();
    }

    /** Opens {@code file} and holds it until its input ends. */
    static OtherProcess holding(Path file) throws IOException {
        return start("hold", file);
    }

    /** Opens {@code file} and decides on one new subject after another; says each number that was acknowledged. */
    static OtherProcess deciding(Path file) throws IOException {
        return start("decide", file);
    }

    private static OtherProcess start(String mode, Path file) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder command = new ProcessBuilder(
                java, "-XX:+UseSerialGC", "-cp", classes, OtherProcess.class.getName(), mode, file.toString());
        return new OtherProcess(
                command.redirectError(ProcessBuilder.Redirect.DISCARD).start());
    }

    long pid() {
        return process.pid();
    }

    /** The next line it says; empty when it has ended. */
    Optional<String> says() {
        try {
            return Optional.ofNullable(said.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it without any chance to tidy up; what it said until then can still be read. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** The other process itself. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        try (SqlStore store = SqlStore.sqlite(file, SqliteSettings.STANDARD, InstantSource.system())) {
            say(OPEN);
            if (arguments[0].equals("decide")) {
                decide(store);
            }
            while (System.in.read() >= 0) {
                // Holds on.
            }
        } catch (StoreException e) {
            say(e.toString());
        }
    }

    private static void decide(SqlStore store) {
        Semaphore underWay = new Semaphore(UNDER_WAY);
        for (int i = 0; i < Integer.MAX_VALUE; i++) {
            int number = i;
            underWay.acquireUninterruptibly();
            store.apply(Keys.occurrence("subject-" + number, 1)).thenRun(() -> {
                say(Integer.toString(number));
                underWay.release();
            });
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
