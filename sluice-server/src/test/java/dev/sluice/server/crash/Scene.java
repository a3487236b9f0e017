package dev.sluice.server.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration under test: one flow for each way in which a kill could hurt. */
final class Scene {
    static final String MAIL = "mail";
    static final String HOOK = "hook";

    /** Short windows, so that many of them close within a run. */
    static final List<Flow> FLOWS = List.of(
            new Flow("errors", 5, Duration.ofSeconds(3), Flow.Lost.RETRY, List.of(MAIL, HOOK), 5),
            new Flow("once", 1, Duration.ofSeconds(2), Flow.Lost.RETRY, List.of(HOOK), 4),
            new Flow("dropping", 5, Duration.ofSeconds(3), Flow.Lost.DROP, List.of(MAIL, HOOK), 3),
            new Flow("work", 3, Duration.ofSeconds(2), Flow.Lost.RETRY, List.of(), 3));

    /** The longest window and lease of all. */
    static final Duration LONGEST = Duration.ofSeconds(3);

    /** How long a dead attempt may hold a delivery. */
    static final Duration ATTEMPT_LEASE = Duration.ofSeconds(3);

    private Scene() {}

    /** Writes {@code sluice.yaml}. */
    static void write(Path home, int mailPort, String hookUrl) {
        String flows = FLOWS.stream().map(Flow::yaml).collect(Collectors.joining());
        String yaml = """
                operator: {channels: [inbox], allow: 10 per 1h}
                outbox: {attempt-lease: %ds, tick: 50ms}
                channels:
                  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: gate@example.org, to: [ops@example.org], timeout: 1s}
                  hook: {type: webhook, url: "%s", timeout: 1s}
                flows:
                %s""".formatted(ATTEMPT_LEASE.toSeconds(), mailPort, hookUrl, flows);
        try {
            Files.writeString(home.resolve("sluice.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
