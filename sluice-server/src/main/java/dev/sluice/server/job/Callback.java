package dev.sluice.server.job;

import dev.sluice.jobs.Run;
import dev.sluice.server.channel.BoundedText;
import dev.sluice.server.channel.Signature;
import dev.sluice.server.config.CallConfig;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A POST for one step of a run, which carries its fence. Safe for use by many threads. */
public final class Callback {
    /** The header with the fence of the run. */
    public static final String FENCE = "Sluice-Fence";

    /** The header with the token of its claim. */
    public static final String CLAIM = "Sluice-Claim";

    /** More than any receiver has to say, and little enough for the memory. */
    private static final int MOST_ANSWER = 500_000;

    private final CallConfig config;
    private final InstantSource clock;
    private final HttpClient client;

    /** One that signs by {@code clock}. */
    public Callback(CallConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeouts().connect())
                .build();
    }

    /** What a receiver said. */
    public record Answer(int status, String body) {}

    /** A step that was not done, as far as is known; what it says holds no secret. */
    public static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        /** One with a reason for people. */
        public FailedException(String why) {
            super(why);
        }
    }

    /**
     * Has a step done.
     *
     * @param idempotencyKey the same for what must not be done twice; of characters that a header takes
     * @return an answer of status 2xx
     * @throws FailedException if it was not done, or nobody knows
     * @throws InterruptedException if this thread is interrupted meanwhile
     */
    public Answer send(Run run, String idempotencyKey, byte[] body) throws FailedException, InterruptedException {
        // The time-out of a request ends with the head of the answer; this one is for all of it.
        CompletableFuture<HttpResponse<String>> reply =
                client.sendAsync(request(run, idempotencyKey, body), head -> BoundedText.whole(MOST_ANSWER));
        try {
            HttpResponse<String> response = reply.get(config.timeouts().whole().toNanos(), TimeUnit.NANOSECONDS);
            if (response.statusCode() / 100 != 2) {
                throw new FailedException("its receiver answered with status " + response.statusCode());
            }
            return new Answer(response.statusCode(), response.body());
        } catch (TimeoutException e) {
            reply.cancel(true);
            throw noAnswer(HttpTimeoutException.class);
        } catch (ExecutionException e) {
            throw noAnswer(e.getCause() == null ? e.getClass() : e.getCause().getClass());
        } catch (InterruptedException e) {
            reply.cancel(true);
            throw e;
        }
    }

    /** What the failure itself says may name the address, which may hold a token. */
    private static FailedException noAnswer(Class<? extends Throwable> trouble) {
        return new FailedException("its receiver gave no answer (" + trouble.getSimpleName() + ")");
    }

    private HttpRequest request(Run run, String idempotencyKey, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(config.url().uri())
                .timeout(config.timeouts().whole())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        config.headers().forEach((name, value) -> request.setHeader(name, value.reveal()));
        request.setHeader("Content-Type", "application/json");
        request.setHeader("Idempotency-Key", idempotencyKey);
        request.setHeader(FENCE, Long.toString(run.fence()));
        request.setHeader(CLAIM, run.token());
        config.secret()
                .ifPresent(secret -> request.setHeader(Signature.HEADER, Signature.of(body, clock.instant(), secret)));
        return request.build();
    }
}
