package dev.sluice.server.takeover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.server.feed.FeedException;
import dev.sluice.server.feed.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A running server. Whatever it did not answer is sent again: taking over the same twice changes nothing. */
final class ImportReceiver {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_ATTEMPTS = 8;
    private static final long PAUSE_SECONDS = 1;
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int SERVER_FAULTS = 500;

    private final RunningServer server;
    private final String path;

    /** @param trial whether nothing is to be changed */
    ImportReceiver(URI address, String flow, Optional<String> variant, boolean trial) {
        this.server = new RunningServer(address);
        this.path = "/v1/flows/" + flow + "/imports?trial=" + trial
                + variant.map(name -> "&variant=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                        .orElse("");
    }

    /** @throws FeedException if the server is not there, or has no such flow or variant */
    void check() throws FeedException {
        take(List.of());
    }

    /**
     * Has findings taken over, in their order.
     *
     * @return the answer to each
     * @throws FeedException if it is no use to go on
     */
    List<Outcome> take(List<Finding.Live> batch) throws FeedException {
        Map<Finding.Live, Outcome> outcomes = new HashMap<>();
        List<Finding.Live> left = batch;
        boolean answered = false;
        try {
            for (int attempt = 1; attempt <= MOST_ATTEMPTS && !(answered && left.isEmpty()); attempt++) {
                if (attempt > 1) {
                    TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
                }
                answered |= attempt(left, outcomes);
                left = batch.stream().filter(one -> !outcomes.containsKey(one)).toList();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedException("Interrupted. What was taken over stays so; run it again for the rest.");
        }
        return batch.stream()
                .map(one -> outcomes.getOrDefault(one, new Outcome.Unsent("the server could not answer")))
                .toList();
    }

    private boolean attempt(List<Finding.Live> batch, Map<Finding.Live, Outcome> outcomes)
            throws FeedException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = server.send(request(batch));
        } catch (IOException e) {
            return false;
        }
        if (response.statusCode() == OK) {
            String[] lines = response.body().split("\n", -1);
            for (int i = 0; i < batch.size() && i < lines.length; i++) {
                Finding.Live one = batch.get(i);
                outcome(lines[i]).ifPresent(outcome -> outcomes.put(one, outcome));
            }
            return true;
        } else if (response.statusCode() != UNAVAILABLE && response.statusCode() != TOO_MANY) {
            throw new FeedException(server.refusal(response));
        }
        return false;
    }

    private HttpRequest request(List<Finding.Live> batch) {
        String body = batch.stream().map(Finding.Live::json).collect(Collectors.joining("\n"));
        return server.request(path)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    /** All that is wrong with a line. */
    private static String why(JsonNode problem) {
        List<String> faults = new ArrayList<>();
        problem.path("errors")
                .forEach(fault -> faults.add((fault.path("field").asText() + " "
                                + fault.path("detail").asText())
                        .strip()));
        return faults.isEmpty()
                ? problem.path("detail").asText(problem.path("title").asText())
                : String.join("; ", faults);
    }

    /** Empty if it is to be asked again. */
    private static Optional<Outcome> outcome(String line) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            node = MissingNode.getInstance();
        }
        int status = node.path("status").asInt(OK);
        if (status != OK) {
            String why = why(node);
            boolean again = status == UNAVAILABLE;
            return again
                    ? Optional.empty()
                    : Optional.of(status >= SERVER_FAULTS ? new Outcome.Unsent(why) : new Outcome.Refused(why));
        }
        return switch (node.path("result").asText()) {
            case "taken" -> Optional.of(new Outcome.Taken(node.path("until").asText()));
            case "known" -> Optional.of(new Outcome.Known());
            case "over" -> Optional.of(new Outcome.Over());
            default -> Optional.empty();
        };
    }
}
