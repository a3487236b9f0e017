package dev.sluice.server.scan;

import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A server whose clock is what it is told: a line of seconds since 1970 sets it, and all that is due then is done before
 * the line that answers. Its first line says where it listens.
 */
final class SteeredMain {
    static final String LISTENS = "listens ";
    static final String DONE = "done";

    private SteeredMain() {}

    /** The configuration, and the first second. */
    public static void main(String[] args) throws Exception {
        AtomicReference<Instant> clock = new AtomicReference<>(at(args[1]));
        ConfigReader reader = new ConfigReader(
                Optional.of(Path.of(args[0])), System.getenv(), Optional.empty(), Optional.of("127.0.0.1:0"));
        try (Server server = Server.start(reader.read().ticking(Duration.ZERO), clock::get)) {
            System.out.println(LISTENS + server.address());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                clock.set(at(line));
                while (server.tick() > 0) {
                    // What a tick begins, the next one may carry on with.
                }
                System.out.println(DONE);
            }
        }
    }

    private static Instant at(String second) {
        return Instant.ofEpochSecond(Long.parseLong(second));
    }
}
