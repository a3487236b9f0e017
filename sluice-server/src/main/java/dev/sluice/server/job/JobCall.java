package dev.sluice.server.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.StepResult;
import dev.sluice.server.config.CallConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;

/** Has the steps of a kind of job done by a {@link Callback}. Safe for use by many threads. */
final class JobCall {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int ACCEPTED = 202;
    private static final int MOST_ANSWER = 400_000;
    private static final int MOST_PLACE = 100_000;

    private final String job;
    private final Callback callback;

    JobCall(String job, CallConfig config, InstantSource clock) {
        this.job = job;
        this.callback = new Callback(config, clock);
    }

    StepResult step(Run run) throws Callback.FailedException, InterruptedException {
        String subject = URLEncoder.encode(run.subject(), StandardCharsets.UTF_8);
        return result(callback.send(run, job + "-" + subject + "-" + run.fence() + "-" + run.step(), body(run)));
    }

    private byte[] body(Run run) {
        ObjectNode body = JSON.createObjectNode();
        body.put("job", job);
        body.put("subject", run.subject());
        body.put("job_id", run.id());
        body.put("fence", run.fence());
        body.put("claim", run.token());
        body.put("attempt", run.attempt());
        body.put("step", run.step());
        body.put("triggered", run.triggered().toString());
        body.put("place", run.place());
        body.put("lastRun", run.lastRun().map(Object::toString).orElse(null));
        body.set("data", data(run.data()));
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers can always be written", e);
        }
    }

    /** What was triggered with no data has an empty object. */
    private static JsonNode data(String text) {
        try {
            return text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the data of the job are no JSON", e);
        }
    }

    /** Who accepts a step and does it later settles the claim by itself. */
    private static StepResult result(Callback.Answer said) throws Callback.FailedException {
        return said.status() == ACCEPTED ? new StepResult.Lent("its receiver") : result(said.body());
    }

    /** What is no JSON object says nothing more than that it is done. */
    private static StepResult result(String answer) throws Callback.FailedException {
        if (answer.isBlank() || answer.length() > MOST_ANSWER) {
            return StepResult.done();
        }
        try {
            JsonNode said = JSON.readTree(answer);
            String place = said.path("place").asText("");
            if (said.path("more").asBoolean(false)) {
                return StepResult.again(Duration.ZERO);
            } else if (place.length() > MOST_PLACE) {
                throw new Callback.FailedException(
                        "its receiver names a place of more than " + MOST_PLACE + " characters");
            }
            return said.path("place").isTextual() ? StepResult.done(place) : StepResult.done();
        } catch (JsonProcessingException e) {
            return StepResult.done();
        }
    }
}
