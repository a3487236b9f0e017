package dev.sluice.server.channel;

import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.Secret;
import dev.sluice.server.text.SafeText;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Sends bodies to one address, with an {@code Idempotency-Key} and, if there is a secret, a signature.
 *
 * <p>2xx is {@link Receipt.Accepted}; 408, 425, 429 and 5xx are refusals that may be tried again; every other status is
 * one for good, redirects included, because they are not followed: a body signed for one address goes to no other.
 * Without connection it is {@link Receipt.Unreachable}; with the body on its way and no status, {@link Receipt.Unknown}.
 * An attempt ends within 90 % of the time it is given. Neither the address nor a header appears in any text. Safe for
 * use by several threads.
 */
public final class WebhookPost implements AutoCloseable {
    private static final int MOST_SHOWN = 200;
    private static final int MOST_THREADS = 32;

    private final ChannelConfig.Webhook config;
    private final InstantSource clock;
    private final Echo echo;
    private final HttpRequest.Builder template;
    private final ExecutorService threads =
            new ThreadPoolExecutor(0, MOST_THREADS, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), WebhookPost::thread);
    private final HttpClient client;

    /**
     * Connects only when there is something to send.
     *
     * @param clock says when a body was signed
     * @throws IllegalArgumentException if a header cannot be sent
     */
    public WebhookPost(ChannelConfig.Webhook config, String contentType, InstantSource clock) {
        this(config, contentType, clock, HttpClient.newBuilder());
    }

    WebhookPost(ChannelConfig.Webhook config, String contentType, InstantSource clock, SSLContext tls) {
        this(config, contentType, clock, HttpClient.newBuilder().sslContext(tls));
    }

    private WebhookPost(
            ChannelConfig.Webhook config, String contentType, InstantSource clock, HttpClient.Builder builder) {
        this.config = config;
        this.clock = clock;
        template = template(config, contentType);
        echo = new Echo(config.url().uri());
        config.request().body().ifPresent(body -> body.literals().forEach(echo::hideWords));
        config.headers().values().forEach(value -> echo.hide(value.reveal()));
        client = builder.version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeouts().connect())
                .executor(threads)
                .build();
    }

    /**
     * Sends {@code body}, and waits for what comes of it.
     *
     * @param idempotencyKey the same for what must not be done twice
     * @param headers beside those of the configuration
     * @param allowed for the attempt; the configuration may allow less
     */
    public Receipt send(String idempotencyKey, Map<String, String> headers, byte[] body, Duration allowed) {
        Deadline deadline = Deadline.within(allowed, config.timeouts().whole());
        Posting posting = new Posting(body);
        try {
            HttpRequest request = request(idempotencyKey, headers, body, posting);
            return answer(posting, client.sendAsync(request, posting), deadline);
        } catch (IllegalArgumentException e) {
            return new Receipt.Refused("a header cannot be sent as its template makes it", true);
        } catch (RejectedExecutionException e) {
            return new Receipt.Unreachable("the channel is closed");
        }
    }

    /** Lets go of connections and threads; attempts under way come back without an answer. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private HttpRequest request(String idempotencyKey, Map<String, String> headers, byte[] body, Posting posting) {
        HttpRequest.Builder request =
                template.copy().method(config.request().method().name(), posting);
        headers.forEach(request::setHeader);
        request.setHeader("Idempotency-Key", idempotencyKey);
        config.secret()
                .ifPresent(secret -> request.setHeader(Signature.HEADER, Signature.of(body, clock.instant(), secret)));
        return request.build();
    }

    private Receipt answer(Posting posting, CompletableFuture<HttpResponse<String>> reply, Deadline deadline) {
        try {
            HttpResponse<String> response = reply.get(deadline.left(), TimeUnit.NANOSECONDS);
            return ofStatus(response.statusCode(), response.body(), posting);
        } catch (ExecutionException e) {
            return withoutAnswer(posting, reason(e));
        } catch (TimeoutException e) {
            reply.cancel(true);
            return withoutAnswer(posting, "it took too long");
        } catch (InterruptedException e) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            return withoutAnswer(posting, "interrupted");
        }
    }

    private Receipt withoutAnswer(Posting posting, String trouble) {
        if (posting.status().isPresent()) {
            return ofStatus(posting.status().getAsInt(), "", posting);
        }
        return posting.begun()
                ? new Receipt.Unknown("sent, but no answer: " + trouble)
                : new Receipt.Unreachable(trouble);
    }

    private Receipt ofStatus(int status, String body, Posting posting) {
        if (status >= 200 && status < 300) {
            return new Receipt.Accepted("status " + status);
        }
        boolean temporary = status >= 500 || status == 408 || status == 425 || status == 429;
        String says = shown(body);
        String why = "status " + status + (says.isEmpty() ? "" : ": " + says);
        return temporary
                ? new Receipt.Refused(why, false, RetryAfter.of(posting.retryAfter(), body, clock.instant()))
                : new Receipt.Refused(why, true);
    }

    /** What the server says, unless it repeats a secret. */
    private String shown(String body) {
        return echo.isIn(body) ? "" : SafeText.line(body, MOST_SHOWN);
    }

    /** Never what the failure says of itself: that may name the address, which may hold a token. */
    private static String reason(ExecutionException failure) {
        Throwable deepest = failure;
        boolean noConnection = false;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
            noConnection |= deepest instanceof ConnectException;
        }
        if (deepest instanceof UnresolvedAddressException || deepest instanceof UnknownHostException) {
            return "no such name";
        }
        return noConnection ? "no connection" : deepest.getClass().getSimpleName();
    }

    private static HttpRequest.Builder template(ChannelConfig.Webhook config, String contentType) {
        HttpRequest.Builder template = HttpRequest.newBuilder(config.url().uri());
        config.headers().forEach((name, value) -> {
            try {
                template.setHeader(name, fixed(value));
            } catch (IllegalArgumentException e) {
                // Not as its cause: the text of that one may show the value.
                throw new IllegalArgumentException("the header '" + SafeText.line(name, 60) + "' cannot be sent");
            }
        });
        return template.setHeader("Content-Type", contentType).setHeader("User-Agent", "Sluice/" + version());
    }

    /** What is made of a template comes with the message; until then its place is held. */
    private static String fixed(Secret value) {
        return value.reveal().contains("{{") ? "" : value.reveal();
    }

    private static String version() {
        return Objects.requireNonNullElse(WebhookChannel.class.getPackage().getImplementationVersion(), "unpackaged");
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "sluice-webhook");
        thread.setDaemon(true);
        return thread;
    }
}
