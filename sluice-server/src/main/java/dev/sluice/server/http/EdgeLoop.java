package dev.sluice.server.http;

import dev.sluice.server.config.HttpConfig;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;

/** One event loop of the edge: listens, lets requests through the guard, and hands them to their routes. */
final class EdgeLoop extends VerticleBase {
    private static final int IDLE_SECONDS = 75;
    private static final int MAX_LINE = 8_192;

    private final HttpConfig settings;
    private final IntConsumer listening;
    private final Routes routes;
    private final Guard guard;
    private final Workers workers;
    private final Arrivals arrivals = new Arrivals();
    private final Streams streams = new Streams();
    private final Map<HttpConnection, HttpServerRequest> latest = new HashMap<>();
    private HttpServer server;

    @SuppressWarnings("NullAway.Init") // Vert.x calls start before anything else.
    EdgeLoop(HttpConfig settings, Routes routes, Guard guard, Workers workers, IntConsumer listening) {
        this.settings = settings;
        this.listening = listening;
        this.routes = routes;
        this.guard = guard;
        this.workers = workers;
    }

    @Override
    public Future<?> start() {
        HttpServerOptions options = new HttpServerOptions()
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(settings.limits().headers())
                .setHttp2ClearTextEnabled(false);
        server = vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .invalidRequestHandler(this::invalid)
                .requestHandler(this::request);
        vertx.setPeriodic(settings.requestTimeout().toMillis(), timer -> arrivals.sweep());
        return server.listen(address()).onSuccess(open -> listening.accept(open.actualPort()));
    }

    /** A free port must be the same one for all loops. */
    private SocketAddress address() {
        return settings.port() == 0
                ? SocketAddress.sharedRandomPort(1, settings.host())
                : SocketAddress.inetSocketAddress(settings.port(), settings.host());
    }

    @Override
    public Future<?> stop() {
        streams.endAll();
        Duration patience = settings.requestTimeout();
        return server.shutdown(patience.compareTo(HttpEdge.STOP_PATIENCE) < 0 ? patience : HttpEdge.STOP_PATIENCE);
    }

    private void connected(HttpConnection connection) {
        arrivals.begun(connection);
        connection.closeHandler(closed -> {
            latest.remove(connection);
            arrivals.ended(connection);
        });
    }

    private void request(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        arrivals.ended(connection);
        latest.put(connection, request);
        request.response().endHandler(answered -> awaitNext(connection, request));
        Exchange exchange = exchange(request);
        try {
            guard.check(request);
        } catch (Refusal refusal) {
            exchange.refuseAndClose(refusal.problem());
            return;
        }
        exchange.run(routes);
    }

    /** A connection that was answered must ask again within the same time as a new one. */
    private void awaitNext(HttpConnection connection, HttpServerRequest answered) {
        // Its next request may have come before this answer was out; a closed connection is in no map.
        if (answered.equals(latest.get(connection))) {
            arrivals.begun(connection);
        }
    }

    private Exchange exchange(HttpServerRequest request) {
        return new Exchange(request, context, workers, arrivals, streams);
    }

    /** What the decoder could not take: answered, and the connection ended, because nobody knows where it stands. */
    private void invalid(HttpServerRequest request) {
        Throwable cause = Objects.requireNonNullElseGet(request.decoderResult().cause(), IllegalStateException::new);
        exchange(request).refuseAndClose(problem(cause));
    }

    private Problem problem(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Problem(Problem.Kind.URI_TOO_LONG, "the first line is over " + MAX_LINE + " bytes");
        } else if (cause instanceof TooLongHttpHeaderException) {
            return new Problem(
                    Problem.Kind.HEADERS_TOO_LARGE,
                    "the headers are over " + settings.limits().headers() + " bytes");
        }
        return new Problem(Problem.Kind.BAD_REQUEST, "this is no HTTP/1.1 request");
    }
}
