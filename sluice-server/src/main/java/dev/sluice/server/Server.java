package dev.sluice.server;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Store;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.channel.Channels;
import dev.sluice.server.channel.Rendering;
import dev.sluice.server.config.HttpConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.console.Console;
import dev.sluice.server.http.Decisions;
import dev.sluice.server.http.HttpEdge;
import dev.sluice.server.job.UniqueJobs;
import dev.sluice.server.mail.Audience;
import dev.sluice.server.scan.Holds;
import dev.sluice.server.scan.Scans;
import dev.sluice.server.watch.Finding;
import dev.sluice.server.watch.Sources;
import dev.sluice.server.watch.Watching;
import dev.sluice.sql.SqlStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A running server: store, outbox, channels and HTTP, put together as a configuration says. Safe for use by many
 * threads.
 *
 * <pre>{@code
 * try (Server server = Server.start(ServerConfig.standard(directory))) {
 *     post(server.address().resolve("v1/flows/errors/occurrences"), ...);
 * }
 * }</pre>
 */
public final class Server implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Server.class.getName());

    /** How long requests, and after them attempts, may take to end in all; supervisors kill after 10 s or later. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final ServerConfig config;
    private final Parts parts;
    private final Outbox outbox;
    private final Notices notices;
    private final Lanes lanes;
    private final int port;
    private final Optional<RemoteGate> gate;

    private Server(
            ServerConfig config,
            Parts parts,
            Outbox outbox,
            Notices notices,
            Lanes lanes,
            int port,
            Optional<RemoteGate> gate) {
        this.lanes = lanes;
        this.gate = gate;
        this.config = config;
        this.parts = parts;
        this.outbox = outbox;
        this.notices = notices;
        this.port = port;
    }

    /**
     * Opens the store, starts the outbox and begins to listen.
     *
     * @throws dev.sluice.StoreException if the store cannot be opened, with the reason
     * @throws IllegalArgumentException if a channel cannot work as it is configured, with its name and the reason
     * @throws IllegalStateException if it cannot listen, with the reason
     */
    public static Server start(ServerConfig config) {
        return start(config, Clocks.SYSTEM);
    }

    /**
     * As {@link #start(ServerConfig)}, by a clock of the caller: whatever is decided, stored, due or shown is so by that
     * clock; only the patience with connections is real time. What is due is looked for every tick of real time; on a
     * clock that is moved by hand, {@link ServerConfig#ticking} zero and {@link #tick} are usually better.
     */
    public static Server start(ServerConfig config, InstantSource clock) {
        return start(config, Clocks.only(clock));
    }

    /** As {@link #start(ServerConfig)}, by these clocks. */
    public static Server start(ServerConfig config, Clocks clocks) {
        Parts parts = new Parts();
        try {
            return start(config, clocks, parts);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Parts are closed in the opposite order: nothing new comes in, attempts end, channels and store are closed. */
    private static Server start(ServerConfig config, Clocks clocks, Parts parts) {
        InstantSource clock = clocks.process();
        boolean ticking = !config.outbox().tick().isZero();
        Stores stores = new Stores(config.stores(), clocks, parts);
        SqlStore database = stores.database();
        Optional<RemoteGate> gate = stores.gate(database, ticking);
        Rendering rendering =
                new Rendering(config.http().publicUrl(), config.flows().values());
        Channels channels = parts.add(new Channels(config.channels(), rendering, clock));
        Sources sources =
                parts.add(new Sources(config.flows().values(), config.stores().redis()));
        Scans scans = parts.add(new Scans(config.flows().values(), new Holds(database), clock));
        Finding finding = new Finding(sources, scans);
        Audience audience = new Audience(database, config.outbox().ledgerRetention());
        Outbox outbox = outbox(config, database, gate, channels, new LastLooks(finding, audience));
        parts.add(() -> outbox.stop(parts.left(PATIENCE)));
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        parts.add(registry::close);
        Store store = gate.<Store>map(RemoteGate::store).orElse(database);
        Optional<Consumer<Duration>> manual = ticking ? Optional.empty() : Optional.of(pause -> {});
        Optional<JobDatabase> jobDatabase = needsJobs(config) ? Optional.of(stores.jobs()) : Optional.empty();
        DatabaseLookout lookout = new DatabaseLookout(
                config.stores().database().toString(),
                database::probe,
                clock,
                System.getLogger(DatabaseLookout.class.getName()));
        Keys keys = Keys.of(database, gate);
        Deciding deciding = new Deciding(
                outbox, new Observed(config.flows().values(), keys::count), lookout, new Decisions(registry));
        Watching watching = parts.add(Watching.begin(
                config,
                new Watching.Deciders(outbox, deciding::accept),
                finding,
                store,
                watched(config, jobDatabase),
                clock,
                manual));
        UniqueJobs jobs = parts.add(jobDatabase
                .filter(there -> !config.jobs().isEmpty())
                .map(there -> UniqueJobs.begin(config.jobs(), store, there, outbox::note, registry, clock, manual))
                .orElseGet(UniqueJobs::none));
        Lanes lanes = new Lanes(watching, jobs);
        gate.ifPresent(remote -> remote.measure(registry, outbox));
        outbox.denials().ifPresent(known -> RemoteGate.measure(known, registry));
        watching.measure(registry);
        scans.measure(registry);
        new WriteBackMeters(outbox, registry).measure();
        Gauge.builder("sluice.keys.damaged", outbox, each -> each.damaged().size())
                .description("Keys found since the start whose stored state cannot be read, up to 100")
                .register(registry);
        StoredEngine engine = new StoredEngine(config, deciding, lanes, audience, database, keys, gate);
        Console console = new Console(engine, rendering, clock, new SecureRandom());
        HttpEdge edge = HttpEdge.of(config.http(), engine, console, registry);
        InstantSource stored = () -> Micros.instant(database.now());
        Notices notices =
                parts.add(new Notices(outbox, stored, lookout, lookouts(config, lanes, outbox, gate, stored)));
        StatisticsLog statistics = parts.add(new StatisticsLog(engine, System.getLogger(StatisticsLog.LOGGER)));
        if (ticking) {
            outbox.start();
            notices.start();
            config.statisticsEvery().ifPresent(statistics::start);
        }
        Server server = new Server(config, parts, outbox, notices, lanes, edge.start(), gate);
        parts.add(edge);
        server.warnWhereOthersReachIt();
        return server;
    }

    private static boolean needsJobs(ServerConfig config) {
        return Watching.needsJobs(config) || !config.jobs().isEmpty();
    }

    private static Optional<JobDatabase> watched(ServerConfig config, Optional<JobDatabase> database) {
        return database.filter(there -> Watching.needsJobs(config));
    }

    private static Outbox outbox(
            ServerConfig config, SqlStore database, Optional<RemoteGate> gate, Channels channels, LastLooks looks) {
        AtomicReference<Outbox> self = new AtomicReference<>();
        List<FlowPlan> plans = plans(config, looks, key -> subjectText(self, key));
        Outbox.Settings settings = config.outbox().knowing(config.stores().denials());
        Outbox outbox = gate.map(remote ->
                        new Outbox(database, remote.gate(), plans, channels.byName(), settings, new SecureRandom()))
                .orElseGet(() -> new Outbox(database, plans, channels.byName(), settings, new SecureRandom()));
        self.set(outbox);
        return outbox;
    }

    private static String subjectText(AtomicReference<Outbox> outbox, Key key) {
        return Optional.ofNullable(outbox.get())
                .map(known -> known.subjectText(key))
                .orElse(key.subject());
    }

    private static List<Lookout> lookouts(
            ServerConfig config, Lanes lanes, Outbox outbox, Optional<RemoteGate> gate, InstantSource clock) {
        List<Lookout> all = new ArrayList<>(List.of(
                new WatchLookout(lanes.watching(), outbox, clock),
                new WriteBackLookout(outbox),
                new JobLookout(lanes.jobs().deaths(), clock)));
        gate.ifPresent(remote -> all.add(new StoreLookout(config.store().toString(), remote::outage)));
        return all;
    }

    private static List<FlowPlan> plans(ServerConfig config, LastLooks looks, Function<Key, String> text) {
        List<FlowPlan> plans = new ArrayList<>();
        config.flows().values().forEach(flow -> plans.add(looks.plan(flow, text)));
        plans.add(Notices.plan(config.operator()));
        return plans;
    }

    private void warnWhereOthersReachIt() {
        if (!HttpConfig.isLoopback(config.http().host())) {
            LOG.log(
                    Level.WARNING,
                    "Listening on {0}: whoever reaches it can send, read and reset. There is no log-in; put a proxy in front.",
                    config.http().host());
        }
    }

    /**
     * Does everything that is due now, deliveries and notices as well, in the calling thread; how many things that were.
     * A server whose configuration {@linkplain ServerConfig#ticking ticks} does this by itself.
     *
     * @throws dev.sluice.StoreException if the store cannot answer
     */
    public int tick() {
        gate.ifPresent(RemoteGate::look);
        lanes.tick();
        int done = outbox.tick();
        notices.look();
        return done + outbox.tick();
    }

    /** What it was started with. */
    public ServerConfig config() {
        return config;
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Where it answers, with a slash at the end. */
    public URI address() {
        String host = config.http().host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
    }

    /** Takes nothing new, lets what is running end, and closes the store. Does nothing the second time. */
    @Override
    public void close() {
        parts.close();
    }
}
