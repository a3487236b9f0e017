package dev.sluice.server.config;

import dev.sluice.Budget;
import dev.sluice.outbox.Outbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the server was told, complete and without contradiction. Immutable; prints no secrets.
 *
 * @param stores where the state of keys and the outbox live
 * @param http where it listens
 * @param operator who is told when something is wrong
 * @param channels by name, in the order of the configuration
 * @param work what there is to decide and to do
 * @param outbox how the outbox runs
 * @param statisticsEvery how often the statistics are logged; empty for never
 */
public record ServerConfig(
        StoreConfig stores,
        HttpConfig http,
        OperatorConfig operator,
        Map<String, ChannelConfig> channels,
        Work work,
        Outbox.Settings outbox,
        Optional<Duration> statisticsEvery) {

    /**
     * What there is to decide and to do, each by name, in the order of the configuration.
     *
     * @param budgets what passes are charged to
     * @param flows what may go out
     * @param actions what may be done for a subject
     * @param jobs of which kinds there are jobs
     */
    public record Work(
            Map<String, Budget> budgets,
            Map<String, FlowConfig> flows,
            Map<String, ActionConfig> actions,
            Map<String, JobConfig> jobs) {}

    /** Budgets by name. */
    public Map<String, Budget> budgets() {
        return work.budgets();
    }

    /** Flows by name. */
    public Map<String, FlowConfig> flows() {
        return work.flows();
    }

    /** Actions by name. */
    public Map<String, ActionConfig> actions() {
        return work.actions();
    }

    /** Kinds of job by name. */
    public Map<String, JobConfig> jobs() {
        return work.jobs();
    }

    /** Where the state of keys lives. */
    public StoreUrl store() {
        return stores.store();
    }

    /** The flow of this name. */
    public Optional<FlowConfig> flow(String name) {
        return Optional.ofNullable(flows().get(name));
    }

    /** The same, listening elsewhere. */
    public ServerConfig withHttp(HttpConfig other) {
        return new ServerConfig(stores, other, operator, channels, work, outbox, statisticsEvery);
    }

    /** The same, on other stores. */
    public ServerConfig withStores(StoreConfig other) {
        return new ServerConfig(other, http, operator, channels, work, outbox, statisticsEvery);
    }

    /** The same, looking every {@code tick} for what is due; zero: only when {@code Server.tick} is called. */
    public ServerConfig ticking(Duration tick) {
        Outbox.Settings other =
                new Outbox.Settings(outbox.attemptLease(), outbox.workers(), tick, outbox.ledgerRetention());
        return new ServerConfig(stores, http, operator, channels, work, other, statisticsEvery);
    }

    /** What holds where nothing is configured: SQLite below {@code data}, the flow {@code errors}, the inbox. */
    public static ServerConfig standard(Path data) {
        try {
            return new ConfigReader(Optional.empty(), Map.of(), Optional.of(data), Optional.empty()).read();
        } catch (ConfigException e) {
            throw new IllegalStateException("the defaults are without mistake", e);
        }
    }
}
