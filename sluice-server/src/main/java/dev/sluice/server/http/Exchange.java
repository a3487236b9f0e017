package dev.sluice.server.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request and the answer to it. Belongs to one event loop; every callback that it gives runs there. What a handler
 * or callback throws becomes a problem.
 */
final class Exchange implements Arrivals.Body {
    private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence NO_SNIFF_HEADER = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence POLICY_HEADER = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence POLICY = HttpHeaders.createOptimized(
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    private static final CharSequence REFERRER_HEADER = HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final int NO_CONTENT = 204;

    private final HttpServerRequest request;
    private final Context context;
    private final Workers workers;
    private final Arrivals arrivals;
    private final Streams streams;
    private final Thread loop = Thread.currentThread();
    private List<String> values = List.of();

    Exchange(HttpServerRequest request, Context context, Workers workers, Arrivals arrivals, Streams streams) {
        this.request = request;
        this.context = context;
        this.workers = workers;
        this.arrivals = arrivals;
        this.streams = streams;
    }

    /** Runs the handler of the route that fits. */
    void run(Routes routes) {
        guarded(() -> {
            String path = request.path();
            if (path == null || !path.startsWith("/")) {
                throw new Refusal(Problem.Kind.NOT_FOUND, "a path begins with a slash");
            }
            Routes.Match match = match(routes, path);
            values = match.values();
            match.route().handler().accept(this);
        });
    }

    private Routes.Match match(Routes routes, String path) {
        try {
            return routes.find(request.method().name(), path);
        } catch (Refusal refusal) {
            if (refusal.problem().kind() == Problem.Kind.METHOD) {
                response().putHeader(HttpHeaders.ALLOW, String.join(", ", routes.methods(path)));
            }
            throw refusal;
        }
    }

    /** The values of the parts in braces of the path. */
    List<String> values() {
        return values;
    }

    /** The value of the part in braces number {@code index} of the path. */
    String value(int index) {
        return values.get(index);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    Query query(Set<String> known, Faults faults) {
        return new Query(Objects.requireNonNullElse(request.query(), ""), known, faults);
    }

    /** The media type of the body, without parameters; empty if the request names none. */
    String mediaType() {
        String type = Objects.requireNonNullElse(request.getHeader(HttpHeaders.CONTENT_TYPE), "");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
    }

    /** @throws Refusal if the body is of another type */
    void requireJson() {
        if (!mediaType().equals("application/json")) {
            throw new Refusal(Problem.Kind.MEDIA_TYPE, "the body must be application/json");
        }
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return request.response();
    }

    /** Collects the body and gives it to {@code then}; refuses one over {@code limit} bytes while it comes. */
    void body(int limit, Consumer<byte[]> then) {
        if (declaredLength() > limit) {
            throw tooLarge(limit);
        }
        invite();
        arrivals.begun(this);
        Buffer body = Buffer.buffer();
        request.exceptionHandler(failure -> arrivals.ended(this));
        request.handler(chunk -> {
            if (body.length() + chunk.length() <= limit) {
                body.appendBuffer(chunk);
            } else if (!answered()) {
                refuse(tooLarge(limit).problem());
            }
        });
        request.endHandler(end -> {
            arrivals.ended(this);
            if (!answered()) {
                guarded(() -> then.accept(body.getBytes()));
            }
        });
    }

    private static Refusal tooLarge(int limit) {
        return new Refusal(
                Problem.Kind.TOO_LARGE,
                "the body is over " + limit + " bytes; many occurrences go as application/x-ndjson, line by line");
    }

    private long declaredLength() {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** Tells a client that waits for leave to send its body that it may. */
    void invite() {
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            response().writeContinue();
        }
    }

    /** Gives the value of the stage to {@code then}; a failure becomes a problem. */
    <T> void when(CompletionStage<T> stage, Consumer<T> then) {
        when(stage, then, this::refuse);
    }

    /** Gives the value of the stage to {@code then}, or the problem that it failed with to {@code otherwise}. */
    <T> void when(CompletionStage<T> stage, Consumer<T> then, Consumer<Problem> otherwise) {
        stage.whenComplete((value, failure) -> onLoop(() -> {
            if (failure == null) {
                guarded(() -> then.accept(value));
            } else {
                otherwise.accept(problemOf(failure));
            }
        }));
    }

    /** As {@link #when}, of what may be long in coming; {@code gone} is run if the client goes or the server stops before. */
    <T> void whenAwaited(CompletionStage<T> stage, Consumer<T> then, Runnable gone) {
        streams.begun(gone);
        response().closeHandler(closed -> gone.run());
        when(
                stage,
                value -> {
                    streams.ended(gone);
                    then.accept(value);
                },
                problem -> {
                    streams.ended(gone);
                    refuse(problem);
                });
    }

    /** Runs {@code work}, which may block, on a worker, and gives what it made to {@code then}. */
    <T> void blocking(Supplier<T> work, Consumer<T> then) {
        try {
            when(workers.run(work), then);
        } catch (RejectedExecutionException e) {
            throw new Refusal(Problem.Kind.AWAY, "too many requests wait for a worker");
        }
    }

    void onLoop(Runnable action) {
        if (Thread.currentThread().equals(loop)) {
            action.run();
        } else {
            context.runOnContext(nothing -> action.run());
        }
    }

    /** Runs {@code action} after what the event loop has to do already. */
    void soon(Runnable action) {
        context.runOnContext(nothing -> action.run());
    }

    /** Refuses with {@code problem} if there is no answer after {@code length}. */
    void orRefuseAfter(Duration length, Problem problem) {
        context.owner().setTimer(length.toMillis(), timer -> refuse(problem));
    }

    /** Runs {@code action} again and again until the client goes or the server stops; then {@code ended}, once. */
    void every(Duration length, Runnable action, Runnable ended) {
        long timer = context.owner().setPeriodic(length.toMillis(), tick -> action.run());
        Runnable end = () -> response().end();
        streams.begun(end);
        response().closeHandler(gone -> {
            context.owner().cancelTimer(timer);
            streams.ended(end);
            ended.run();
        });
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            refuse(problemOf(e));
        }
    }

    /** What a caller is told of {@code failure}; what is our fault goes to the log and not to the caller. */
    static Problem problemOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            return refusal.problem();
        } else if (cause instanceof dev.sluice.StoreException) {
            LOG.log(Level.DEBUG, "the store did not answer: {0}", cause.getMessage());
            return new Problem(
                    Problem.Kind.AWAY,
                    "the store does not answer; the same request may be sent again. The reason: " + cause.getMessage());
        }
        LOG.log(Level.ERROR, "a request failed by a fault of the server", cause);
        return new Problem(Problem.Kind.BROKEN, "the server made a mistake; its log says more");
    }

    boolean answered() {
        return response().ended() || response().closed() || response().headWritten();
    }

    Arrivals arrivals() {
        return arrivals;
    }

    @Override
    public void expire() {
        refuseAndClose(new Problem(Problem.Kind.TIMEOUT, "the body did not arrive in time"));
    }

    /** Refuses, and ends the connection: nobody knows what else would come on it. */
    void refuseAndClose(Problem problem) {
        if (!answered()) {
            response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            refuse(problem);
        }
        request.connection().close();
    }

    void refuse(Problem problem) {
        if (answered()) {
            return;
        }
        if (problem.kind() == Problem.Kind.AWAY) {
            response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        send(problem.kind().status, Problem.MEDIA_TYPE, Buffer.buffer(Json.object(problem::write)));
    }

    /** Answers with an object of the members that {@code members} writes. */
    void json(int status, Json.Body members) {
        send(status, APPLICATION_JSON, Buffer.buffer(Json.object(members)));
    }

    void send(int status, CharSequence mediaType, Buffer body) {
        if (!answered()) {
            head(status, mediaType);
            response().end(body);
        }
    }

    /** Answers that there is nothing. */
    void nothing() {
        if (!answered()) {
            response()
                    .setStatusCode(NO_CONTENT)
                    .putHeader(CACHE_CONTROL, NO_STORE)
                    .end();
        }
    }

    /** Sets status and headers of the answer. */
    void head(int status, CharSequence mediaType) {
        response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
                .putHeader(CACHE_CONTROL, NO_STORE)
                .putHeader(NO_SNIFF_HEADER, NO_SNIFF)
                .putHeader(POLICY_HEADER, POLICY)
                .putHeader(REFERRER_HEADER, SAME_ORIGIN);
    }
}
