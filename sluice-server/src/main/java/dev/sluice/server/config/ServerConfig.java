package dev.sluice.server.config;

import dev.sluice.Digest;
import dev.sluice.Rule;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the server was told, complete and without contradiction. Immutable; prints no secrets.
 *
 * @param store where the state of keys and the outbox live
 * @param http where it listens
 * @param operator who is told when something is wrong
 * @param channels by name, in the order of the configuration
 * @param flows by name, in the order of the configuration
 * @param outbox how the outbox runs
 */
public record ServerConfig(
        StoreUrl store,
        HttpConfig http,
        OperatorConfig operator,
        Map<String, ChannelConfig> channels,
        Map<String, FlowConfig> flows,
        Outbox.Settings outbox) {

    private static final String INBOX = "inbox";

    /** The flow of this name. */
    public Optional<FlowConfig> flow(String name) {
        return Optional.ofNullable(flows.get(name));
    }

    /** The same, listening elsewhere. */
    public ServerConfig withHttp(HttpConfig other) {
        return new ServerConfig(store, other, operator, channels, flows, outbox);
    }

    /** What holds where nothing is configured: SQLite below {@code data}, the flow {@code errors}, the inbox. */
    public static ServerConfig standard(Path data) {
        return new ServerConfig(
                new StoreUrl.Sqlite(data.resolve("sluice.db")),
                HttpConfig.STANDARD,
                new OperatorConfig(List.of(INBOX), Rule.allow("10 per 1h").build()),
                Map.of(INBOX, new ChannelConfig.Inbox()),
                Map.of("errors", errors()),
                new Outbox.Settings(Duration.ofMinutes(1), 4, Duration.ofMillis(250), Duration.ofDays(30)));
    }

    private static FlowConfig errors() {
        Rule rule = Rule.allow("5 per 1h").summaryAt(3).digest(Digest.AT_CLOSE).build();
        return new FlowConfig(
                new FlowPlan("errors", Map.of("", rule), List.of(INBOX), OnFailure.STANDARD),
                new SubjectRecipe.Spelled(
                        List.of("processor", "error_type"), Optional.of(new SubjectRecipe.Fingerprint("message", 100))),
                List.of(),
                FlowConfig.Outage.LOCAL);
    }
}
