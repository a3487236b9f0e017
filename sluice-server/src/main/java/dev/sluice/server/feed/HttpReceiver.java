package dev.sluice.server.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A running server. Waits and tries again where it says that it cannot answer now. What was on its way when the
 * connection broke is sent again only if the run has a name, because then the server knows what it has decided already.
 */
final class HttpReceiver implements Receiver {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long MOST_PAUSE_SECONDS = 30;
    private static final int MOST_ATTEMPTS = 8;
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int SERVER_FAULTS = 500;

    private final RunningServer server;
    private final String occurrences;
    private final Optional<String> run;
    private final Pause pause;

    /** How to wait. */
    @FunctionalInterface
    interface Pause {
        void last(Duration length) throws InterruptedException;
    }

    /**
     * A receiver; it connects with the first batch.
     *
     * @param run name of the run, from which each occurrence gets an id; empty: none gets one
     */
    HttpReceiver(URI server, String flow, Optional<String> run, Pause pause) {
        this.server = new RunningServer(server);
        this.run = run;
        this.pause = pause;
        occurrences = "/v1/flows/" + flow + "/occurrences";
    }

    @Override
    public List<Answer> decide(List<Item.Occurrence> batch) throws FeedException {
        Map<Item.Occurrence, Answer> answers = new HashMap<>();
        List<Item.Occurrence> waiting = batch;
        try {
            for (int attempt = 1; attempt <= MOST_ATTEMPTS && !waiting.isEmpty(); attempt++) {
                attempt(waiting, answers);
                waiting =
                        batch.stream().filter(one -> !answers.containsKey(one)).toList();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedException("Interrupted.");
        }
        return batch.stream()
                .map(one -> answers.getOrDefault(one, new Answer.Unsent("the server could not answer")))
                .toList();
    }

    /** Adds the answers that it gets; pauses if there is reason to. */
    private void attempt(List<Item.Occurrence> batch, Map<Item.Occurrence, Answer> answers)
            throws FeedException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = server.send(request(batch));
        } catch (IOException e) {
            lost(batch, answers);
            return;
        }
        if (response.statusCode() == OK) {
            read(batch, response.body().split("\n", -1), answers);
        } else if (response.statusCode() != UNAVAILABLE && response.statusCode() != TOO_MANY) {
            throw new FeedException(server.refusal(response));
        }
        if (!answers.keySet().containsAll(batch)) {
            pause.last(asked(response));
        }
    }

    private HttpRequest request(List<Item.Occurrence> batch) {
        String body = batch.stream().map(this::line).collect(Collectors.joining("\n", "", "\n"));
        return server.request(occurrences)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private String line(Item.Occurrence one) {
        if (run.isEmpty()) {
            return one.json();
        }
        try {
            ObjectNode node = (ObjectNode) JSON.readTree(one.json());
            return (node.has("id") ? node : node.put("id", run.get() + "#" + one.line())).toString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an occurrence is a JSON object", e);
        }
    }

    private void lost(List<Item.Occurrence> batch, Map<Item.Occurrence, Answer> answers) throws InterruptedException {
        if (run.isEmpty()) {
            batch.forEach(one -> answers.put(
                    one, new Answer.Unsent("the connection broke; it may have been decided (--run makes that safe)")));
        } else {
            pause.last(Duration.ofSeconds(1));
        }
    }

    private static void read(List<Item.Occurrence> batch, String[] lines, Map<Item.Occurrence, Answer> answers) {
        for (int i = 0; i < batch.size(); i++) {
            Item.Occurrence one = batch.get(i);
            answer(i < lines.length ? lines[i] : "").ifPresent(answer -> answers.put(one, answer));
        }
    }

    /** Empty if it was not decided and should be asked again. */
    private static Optional<Answer> answer(String line) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            node = MissingNode.getInstance();
        }
        int status = node.path("status").asInt(OK);
        if (status == UNAVAILABLE) {
            return Optional.empty();
        } else if (status == OK) {
            return Optional.of(node.has("decision") ? decided(node) : new Answer.Unsent("no answer came for it"));
        }
        String why = RunningServer.why(node);
        return Optional.of(status >= SERVER_FAULTS ? new Answer.Unsent(why) : new Answer.Refused(why));
    }

    private static Answer decided(JsonNode node) {
        String key = node.path("variant").asText() + "~" + node.path("subject").asText();
        return switch (node.path("decision").asText()) {
            case "pass" -> new Answer.Passed(key);
            case "summary" -> new Answer.Summarised(key);
            case "suppress" -> new Answer.Held(key);
            default -> new Answer.Unknown(key);
        };
    }

    private static Duration asked(HttpResponse<String> response) {
        String text = response.headers().firstValue("Retry-After").orElse("1");
        long seconds = text.matches("\\d{1,9}") ? Long.parseLong(text) : 1;
        return Duration.ofSeconds(Math.min(seconds, MOST_PAUSE_SECONDS));
    }
}
