package dev.sluice.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One database server out of a command, with its data in a directory. For one thread. */
final class Launch implements AutoCloseable {
    private static final long READY_SECONDS = 60;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path directory;
    private final List<String> command;
    private final String stopSignal;
    private @Nullable TiedProcess process;

    Launch(Path directory, List<String> command, String stopSignal) {
        this.directory = directory;
        this.command = List.copyOf(command);
        this.stopSignal = stopSignal;
    }

    /** Starts it, and waits until it answers. */
    void start(BooleanSupplier answers) {
        TiedProcess started = TiedProcess.start(command, directory, directory.resolve("output"));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!answers.getAsBoolean()) {
            if (!started.isAlive() || System.nanoTime() - deadline > 0) {
                started.kill();
                throw new IllegalStateException("the server did not start:\n" + started.lastOutput());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        process = started;
    }

    private TiedProcess running() {
        if (process == null) {
            throw new IllegalStateException("the server is not running");
        }
        return process;
    }

    long pid() {
        return running().pid();
    }

    void pause() {
        running().pause();
    }

    void resume() {
        running().resume();
    }

    void kill() {
        running().kill();
        process = null;
    }

    void stop() {
        running().stop(stopSignal);
        process = null;
    }

    /** Ends it however it is, and deletes its data. */
    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
