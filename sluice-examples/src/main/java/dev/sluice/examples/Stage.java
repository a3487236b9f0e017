package dev.sluice.examples;

import dev.sluice.contract.ManualClock;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigException;
import dev.sluice.server.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a story is played on: a directory of its own, a clock that is moved by hand, and whatever the story opens. All of
 * it goes when the stage is closed, or when the process is told to stop.
 */
final class Stage implements AutoCloseable {
    /** Stories always play on the same day, so that they read the same; but for people who look on, it is today. */
    private static final Instant BEGIN = Instant.parse("2026-01-14T18:00:00Z");

    /** What the console is to show: stories last for hours. */
    private static final String LAST_DAY = "?span=day";

    private static final Duration LINGER_TICK = Duration.ofMillis(100);

    private final String name;
    private final Screen screen;
    private final Wishes wishes;
    private final Path directory;
    private final Thread hook = new Thread(this::strike, "sluice-example-stop");
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private Optional<Play> play = Optional.empty();
    private boolean struck;

    /**
     * What the user asked for.
     *
     * @param console to leave the server running at the end
     * @param keep not to remove the directory
     * @param json figures as JSON, nothing else
     */
    record Wishes(boolean console, boolean keep, boolean json) {
        static final Wishes NONE = new Wishes(false, false, false);
    }

    /** A server, and the clock that it goes by. */
    record Play(Server server, ManualClock clock) {
        /** Moves the clock to {@code time} and lets the server do all that is due then. */
        void moveTo(Instant time) {
            clock.set(time);
            server.tick();
        }
    }

    private Stage(String name, Screen screen, Wishes wishes, Path directory) {
        this.name = name;
        this.screen = screen;
        this.wishes = wishes;
        this.directory = directory;
    }

    /** A new stage, with an empty directory. */
    static Stage open(String name, Screen screen, Wishes wishes) throws IOException {
        Stage stage = new Stage(name, screen, wishes, Files.createTempDirectory("sluice-example-"));
        Runtime.getRuntime().addShutdownHook(stage.hook);
        return stage;
    }

    Screen screen() {
        return screen;
    }

    boolean json() {
        return wishes.json();
    }

    /** A clock for a story that takes {@code length}. */
    ManualClock clock(Duration length) {
        return new ManualClock(wishes.console() ? Instant.now().minus(length) : BEGIN);
    }

    /** Closes {@code part} at the end, after what is opened later. */
    synchronized <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    /**
     * Starts a server under the configuration of the story, which is the resource of its name.
     *
     * @param variables for its <code>${NAME}</code>s
     */
    Play serve(ManualClock clock, Map<String, String> variables) throws IOException, ConfigException {
        Path file = directory.resolve("sluice.yaml");
        try (InputStream resource = Stage.class.getResourceAsStream(name + ".yaml")) {
            if (resource == null) {
                throw new IOException("there is no configuration of " + name);
            }
            Files.copy(resource, file);
        }
        ConfigReader reader = new ConfigReader(
                Optional.of(file), variables, Optional.of(directory.resolve("data")), Optional.of("127.0.0.1:0"));
        Server server = add(Server.start(reader.read().ticking(Duration.ZERO), clock));
        Play started = new Play(server, clock);
        play = Optional.of(started);
        return started;
    }

    /** With {@code --console}, shows where to look and lets the server run on, by real time from now on, until the process is ended. */
    void linger(String page) throws InterruptedException {
        if (!wishes.console() || play.isEmpty()) {
            return;
        }
        screen.heading("The server is still there");
        screen.line("  " + play.get().server().address() + page + LAST_DAY + "   Ctrl-C ends it");
        while (goOn(play.get())) {
            Thread.sleep(LINGER_TICK.toMillis());
        }
    }

    private synchronized boolean goOn(Play running) {
        if (!struck) {
            running.moveTo(Instant.now());
        }
        return !struck;
    }

    /** Whether all is closed, because the story is over or the process was told to stop. */
    synchronized boolean isStruck() {
        return struck;
    }

    @Override
    public void close() {
        strike();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already, by that hook.
        }
    }

    private synchronized void strike() {
        if (struck) {
            return;
        }
        struck = true;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                screen.line("A part of the story could not be closed: " + e);
            }
        }
        if (wishes.keep()) {
            screen.line("Kept: " + directory);
        } else {
            remove();
        }
    }

    private void remove() {
        try {
            Files.walkFileTree(directory, new Remover());
        } catch (IOException e) {
            screen.line("Could not remove " + directory + ": " + e);
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
