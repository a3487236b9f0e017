package dev.sluice.server.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.jobs.Run;
import dev.sluice.server.config.ActionConfig;
import dev.sluice.server.job.Callback;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** One step of an action: a POST that carries its fence. Safe for use by many threads. */
final class ActionPost {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_ANSWER = 64_000;

    private final String action;
    private final Callback callback;

    ActionPost(String action, ActionConfig config, InstantSource clock) {
        this.action = action;
        this.callback = new Callback(config.call(), clock);
    }

    /**
     * Does a step.
     *
     * @param level as it is now
     * @return whether its receiver wants a further one
     * @throws Callback.FailedException if it was not done, or nobody knows
     */
    boolean step(Run run, ActionData data, double level) throws Callback.FailedException, InterruptedException {
        return wantsMore(callback.send(run, action + "-" + run.fence() + "-" + run.step(), body(run, data, level))
                .body());
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
