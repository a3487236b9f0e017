package dev.sluice.server.http;

import dev.sluice.server.config.HttpConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers HTTP. Started at most once; {@link #close} lets running requests end. */
public final class HttpEdge implements AutoCloseable {
    /** How long running requests may take to end: attempts and the store must end within the same 10 s. */
    static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

    private static final long START_SECONDS = 30;

    private final HttpConfig settings;
    private final Routes routes;
    private final Guard guard;
    private final Workers workers = new Workers();
    private final Vertx vertx;
    private final int loops;

    private HttpEdge(HttpConfig settings, Routes routes) {
        this.loops = Runtime.getRuntime().availableProcessors();
        this.settings = settings;
        this.routes = routes;
        this.guard = new Guard(
                settings.host(), settings.publicUrl().map(URI::getHost).stream().toList());
        // Nothing is served from files, so the cache directory that Vert.x would make has no use.
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    /** An edge over {@code engine}, with {@code pages} beside the API. Metrics go to {@code registry}. */
    public static HttpEdge of(HttpConfig settings, Engine engine, Pages pages, PrometheusMeterRegistry registry) {
        List<Route> all = new ArrayList<>(api(settings, engine, registry));
        all.addAll(new PageApi(pages).routes());
        return new HttpEdge(settings, new Routes(all));
    }

    /** What the description of the API must list. */
    static List<Route> api(HttpConfig settings, Engine engine, PrometheusMeterRegistry registry) {
        Meters meters = new Meters(registry);
        List<Route> routes = new ArrayList<>(new OccurrenceApi(engine, meters, settings.limits()).routes());
        routes.addAll(new LevelApi(engine, settings.limits()).routes());
        routes.addAll(new ImportApi(engine, settings.limits()).routes());
        routes.addAll(new ClaimApi(engine).routes());
        routes.addAll(new FlowApi(engine).routes());
        routes.addAll(new StatisticsApi(engine).routes());
        routes.addAll(new RatesApi(engine).routes());
        routes.addAll(new ScanApi(engine).routes());
        routes.addAll(new CandidateApi(engine).routes());
        routes.addAll(new BudgetApi(engine).routes());
        routes.addAll(new RecordApi(engine).routes());
        routes.addAll(new ActionApi(engine).routes());
        routes.addAll(new JobFetchApi(engine).routes());
        routes.addAll(new JobApi(engine).routes());
        routes.addAll(new JobByHandApi(engine).routes());
        routes.addAll(new MailApi(engine).routes());
        routes.addAll(new TrackApi(engine, meters).routes());
        routes.addAll(new EventApi(engine).routes());
        routes.addAll(new ServerApi(engine, meters).routes());
        return routes;
    }

    /**
     * Begins to listen.
     *
     * @return the port
     * @throws IllegalStateException if it cannot, with the reason
     */
    public int start() {
        AtomicInteger port = new AtomicInteger();
        DeploymentOptions perCore = new DeploymentOptions().setInstances(loops);
        try {
            await(vertx.deployVerticle(() -> new EdgeLoop(settings, routes, guard, workers, port::set), perCore));
        } catch (IllegalStateException e) {
            close();
            throw new IllegalStateException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage(), e);
        }
        return port.get();
    }

    /** Stops listening, lets running requests end within 3 s, and ends its threads. */
    @Override
    public void close() {
        await(vertx.close());
        workers.close();
    }

    private void await(Future<?> future) {
        try {
            future.toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS + settings.requestTimeout().toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
