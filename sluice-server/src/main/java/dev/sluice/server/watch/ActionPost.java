package dev.sluice.server.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.jobs.Run;
import dev.sluice.server.channel.Signature;
import dev.sluice.server.config.ActionConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** One step of an action: a POST that carries its fence. Safe for use by many threads. */
final class ActionPost {
    static final String FENCE = "Sluice-Fence";
    static final String CLAIM = "Sluice-Claim";

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_ANSWER = 64_000;

    private final String action;
    private final ActionConfig config;
    private final InstantSource clock;
    private final HttpClient client;

    ActionPost(String action, ActionConfig config, InstantSource clock) {
        this.action = action;
        this.config = config;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeouts().connect())
                .build();
    }

    /** A step that was not done, as far as is known; what it says holds no secret. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String why) {
            super(why);
        }
    }

    /**
     * Does a step.
     *
     * @param level as it is now
     * @return whether its receiver wants a further one
     * @throws FailedException if it was not done, or nobody knows
     */
    boolean step(Run run, ActionData data, double level) throws FailedException, InterruptedException {
        byte[] body = body(run, data, level);
        try {
            HttpResponse<String> response =
                    client.send(request(run, body), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() / 100 != 2) {
                throw new FailedException("its receiver answered with status " + response.statusCode());
            }
            return wantsMore(response.body());
        } catch (IOException e) {
            // What the failure says may name the address, which may hold a token.
            throw new FailedException(
                    "its receiver gave no answer (" + e.getClass().getSimpleName() + ")");
        }
    }

    private HttpRequest request(Run run, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(config.url().uri())
                .timeout(config.timeouts().whole())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        config.headers().forEach((name, value) -> request.setHeader(name, value.reveal()));
        request.setHeader("Content-Type", "application/json");
        request.setHeader("Idempotency-Key", action + "-" + run.fence() + "-" + run.step());
        request.setHeader(FENCE, Long.toString(run.fence()));
        request.setHeader(CLAIM, run.token());
        config.secret()
                .ifPresent(secret -> request.setHeader(Signature.HEADER, Signature.of(body, clock.instant(), secret)));
        return request.build();
    }

    private byte[] body(Run run, ActionData data, double level) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("action", action);
        body.put("flow", data.flow());
        body.put("zone", data.zone());
        body.put("subject", run.subject());
        body.put("fence", run.fence());
        body.put("claim", run.token());
        body.put("attempt", run.attempt());
        body.put("step", run.step());
        body.put("level", level);
        body.put("values", data.values());
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can always be written", e);
        }
    }

    private static boolean wantsMore(String answer) {
        if (answer.isBlank() || answer.length() > MOST_ANSWER) {
            return false;
        }
        try {
            JsonNode more = JSON.readTree(answer).path("more");
            return more.isBoolean() && more.booleanValue();
        } catch (JsonProcessingException e) {
            return false;
        }
    }
}
