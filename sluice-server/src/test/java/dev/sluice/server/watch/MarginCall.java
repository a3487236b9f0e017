package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The margin call as docs/watches.md has it, with the addresses of a test in place of those of the page. */
final class MarginCall {
    private static final Path PAGE = Path.of("..", "docs", "watches.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\\n(actions:.*?)```", Pattern.DOTALL);
    private static final String FIRST_LINES = """
            outbox: {tick: 50ms, attempt-lease: %s}
            operator: {channels: [inbox], allow: 100 per 1h}
            channels:
              ops-mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, timeout: %s, from: gate@example.org}
            """;

    private final int mailPort;
    private final Map<String, String> changes = new LinkedHashMap<>();
    private String mailTimeout = "20s";
    private String attemptLease = "1m";

    /** @param redis that announces */
    MarginCall(String redis, int mailPort, String broker) {
        this.mailPort = mailPort;
        but("redis://redis.example.org:6379", redis);
        but("https://broker.example.org/liquidate", broker);
        but("${BROKER_SECRET}", "a secret of the broker");
        but("{field: email}", "{field: email, look-every: 1s}");
    }

    /** With one text of the page replaced. */
    MarginCall but(String text, String by) {
        changes.put(text, by);
        return this;
    }

    /** With attempts that take so long at most, and so long from the death of a server until another one makes them. */
    MarginCall attempts(String timeout, String lease) {
        mailTimeout = timeout;
        attemptLease = lease;
        return this;
    }

    /** Sweeps only when a source is opened, and after each new connection. */
    MarginCall withoutRegularSweep() {
        return but("channel: portfolio_updates", "channel: portfolio_updates\n        sweep: 1d");
    }

    /** Writes {@code sluice.yaml}, with these lines before it. */
    Path write(Path home, String lines) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        assertThat(block.find()).as("the margin call in " + PAGE).isTrue();
        String yaml = block.group(1);
        for (Map.Entry<String, String> change : changes.entrySet()) {
            assertThat(yaml).contains(change.getKey());
            yaml = yaml.replace(change.getKey(), change.getValue());
        }
        return Files.writeString(
                home.resolve("sluice.yaml"), lines + FIRST_LINES.formatted(attemptLease, mailPort, mailTimeout) + yaml);
    }
}
