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
            new Flow("errors", 5, Duration.ofSeconds(2), Flow.Lost.RETRY, Flow.Outage.LOCAL, List.of(MAIL, HOOK), 5),
            new Flow("once", 1, Duration.ofMillis(1500), Flow.Lost.RETRY, Flow.Outage.CLOSED, List.of(HOOK), 4),
            new Flow("dropping", 5, Duration.ofSeconds(2), Flow.Lost.DROP, Flow.Outage.LOCAL, List.of(MAIL, HOOK), 3),
            new Flow("work", 3, Duration.ofMillis(1500), Flow.Lost.RETRY, Flow.Outage.CLOSED, List.of(), 3));

    /** The longest window and lease of all. */
    static final Duration LONGEST = Duration.ofSeconds(2);

    /** How long the server waits for a reply. */
    static final Duration TIMEOUT = Duration.ofMillis(2500);

    /** Longer than that. */
    static final Duration LATE = Duration.ofSeconds(3);

    /** How long a dead attempt may hold a delivery. */
    static final Duration ATTEMPT_LEASE = Duration.ofMillis(3500);

    /** Signs webhooks. */
    static final String SECRET = "a-secret-of-the-checker";

    private Scene() {}

    /** Writes {@code sluice.yaml} for a server that keeps everything in a file. */
    static void write(Path home, int mailPort, String hookUrl) {
        write(home, mailPort, hookUrl, "");
    }

    /** The same, with lines that say where the stores are. */
    static void write(Path home, int mailPort, String hookUrl, String stores) {
        String flows = FLOWS.stream().map(Flow::yaml).collect(Collectors.joining());
        String yaml = stores
                + """
                operator: {channels: [inbox], allow: 10 per 1h}
                outbox: {attempt-lease: %dms, tick: 50ms}
                channels:
                  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: gate@example.org, to: [ops@example.org], timeout: %dms}
                  hook: {type: webhook, url: "%s", secret: "%s", timeout: %dms}
                flows:
                %s""".formatted(
                                ATTEMPT_LEASE.toMillis(),
                                mailPort,
                                TIMEOUT.toMillis(),
                                hookUrl,
                                SECRET,
                                TIMEOUT.toMillis(),
                                flows);
        try {
            Files.writeString(home.resolve("sluice.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
