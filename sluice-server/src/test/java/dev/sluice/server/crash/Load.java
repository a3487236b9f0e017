package dev.sluice.server.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Answer;
import dev.sluice.server.crash.Journal.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Callers that post occurrences in all forms, repeat what has an id until it is answered, and settle, release or
 * abandon the claims that they get.
 */
final class Load implements AutoCloseable {
    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;
    private static final int MOST_LINES = 10;
    private static final int PERCENT = 100;
    private static final Duration REST = Duration.ofMillis(50);

    /** How long a call is repeated; no server is away for that long. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Api api;
    private final Journal journal;
    private final List<Flow> flows;
    private final Duration pause;
    private final AtomicLong numbers = new AtomicLong();
    private final List<Thread> callers;
    private volatile boolean stopping;
    private volatile boolean aborted;

    /**
     * Starts the callers.
     *
     * @param pause rest of a caller between two calls
     * @param randoms one for each caller
     */
    Load(Api api, Journal journal, List<Flow> flows, Duration pause, List<RandomGenerator> randoms) {
        this.api = api;
        this.journal = journal;
        this.flows = List.copyOf(flows);
        this.pause = pause;
        this.callers = randoms.stream()
                .map(random -> new Thread(() -> call(random), "load-caller"))
                .toList();
        callers.forEach(caller -> {
            caller.setDaemon(true);
            caller.start();
        });
    }

    private void call(RandomGenerator random) {
        try {
            while (!stopping) {
                callOnce(random);
                rest(pause);
            }
        } catch (RuntimeException e) {
            journal.broken(Promise.ANSWERS, "a caller broke: " + e);
        }
    }

    private void callOnce(RandomGenerator random) {
        Flow flow = flows.get(random.nextInt(flows.size()));
        int form = random.nextInt(PERCENT);
        if (flow.claims()) {
            Asked asked = occurrence(flow, random, true);
            JsonNode answer = single(asked, Map.of());
            settle(asked, answer, random.nextInt(PERCENT));
        } else if (form < 25) {
            single(occurrence(flow, random, false), Map.of());
        } else if (form < 55) {
            Asked asked = occurrence(flow, random, true);
            single(asked, Map.of());
            if (form < 32) {
                single(asked, Map.of());
            }
        } else if (form < 80) {
            Asked asked = occurrence(flow, random, true);
            single(asked, Map.of("Idempotency-Key", asked.id().orElseThrow()));
        } else {
            lines(flow, random);
        }
    }

    private Asked occurrence(Flow flow, RandomGenerator random, boolean identified) {
        String marker = "mk" + numbers.incrementAndGet() + "x";
        String subject = flow.subject(random.nextInt(flow.subjects()));
        return new Asked(marker, flow.name(), subject, identified ? Optional.of("id-" + marker) : Optional.empty());
    }

    /** Posts one; what has an id is posted until it is answered. An empty object if there is no answer. */
    private JsonNode single(Asked asked, Map<String, String> headers) {
        journal.asks(asked);
        String body = body(asked, headers.isEmpty()).toString();
        Instant end = Instant.now().plus(PATIENCE);
        do {
            boolean heard = true;
            try {
                Api.Reply reply = api.post(path(asked.flow()), body, withType(headers));
                if (reply.status() == OK) {
                    JsonNode answer = reply.json();
                    journal.answered(asked, answer(answer));
                    return answer;
                } else if (reply.status() != UNAVAILABLE) {
                    journal.broken(Promise.ANSWERS, asked + " was answered by " + reply);
                    return Api.JSON.createObjectNode();
                }
            } catch (IOException e) {
                // The server is away, or was while it answered: that is what this is about.
                heard = isHeard(e);
            }
            unanswered(asked, heard);
            rest(REST);
        } while (asked.id().isPresent() && !aborted && Instant.now().isBefore(end));
        if (asked.id().isPresent()) {
            journal.broken(Promise.NEVER_STUCK, asked + " got no answer within " + PATIENCE);
        }
        return Api.JSON.createObjectNode();
    }

    /** What no server heard of cannot have counted. */
    private static boolean isHeard(IOException e) {
        return !(e instanceof ConnectException);
    }

    private void unanswered(Asked asked, boolean heard) {
        if (heard && asked.id().isPresent()) {
            journal.unanswered(asked);
        }
    }

    static String path(String flow) {
        return "/v1/flows/" + flow + "/occurrences";
    }

    private static Map<String, String> withType(Map<String, String> headers) {
        Map<String, String> all = new java.util.HashMap<>(headers);
        all.put("Content-Type", "application/json");
        return all;
    }

    static ObjectNode body(Asked asked, boolean withId) {
        ObjectNode body = Api.JSON.createObjectNode();
        body.put("subject", asked.subject());
        body.put("title", asked.marker() + " happened");
        body.put("message", "Trace " + asked.marker() + " and nothing else.");
        if (withId) {
            asked.id().ifPresent(id -> body.put("id", id));
        }
        return body;
    }

    /** Posts several at once; those with an id that stay without an answer are posted one by one. */
    private void lines(Flow flow, RandomGenerator random) {
        List<Asked> batch = IntStream.rangeClosed(0, random.nextInt(MOST_LINES))
                .mapToObj(i -> occurrence(flow, random, random.nextBoolean()))
                .toList();
        batch.forEach(journal::asks);
        List<Asked> open = new ArrayList<>(batch);
        boolean heard = true;
        String body = String.join(
                "\n", batch.stream().map(asked -> body(asked, true).toString()).toList());
        try {
            Iterator<String> answers =
                    api.postLines(path(flow.name()), body + "\n").iterator();
            while (answers.hasNext() && !open.isEmpty()) {
                lineAnswered(open.remove(0), answers.next());
            }
        } catch (ConnectException e) {
            heard = false;
        } catch (IOException | UncheckedIOException e) {
            // The server died in the middle; what was answered counts.
        }
        for (Asked each : open) {
            again(each, heard);
        }
    }

    private void again(Asked asked, boolean heard) {
        unanswered(asked, heard);
        if (asked.id().isPresent()) {
            single(asked, Map.of());
        }
    }

    private void lineAnswered(Asked asked, String line) {
        JsonNode json = Api.json(line);
        Answer answer = answer(json);
        if (answer.decided()) {
            journal.answered(asked, answer);
        } else if (json.path("status").asInt() == UNAVAILABLE) {
            again(asked, true);
        } else {
            journal.broken(Promise.ANSWERS, asked + " was answered by " + line);
        }
    }

    static Answer answer(JsonNode json) {
        JsonNode message = json.path("message").path("id");
        return new Answer(
                json.path("decision").asText(),
                json.has("decision") ? json.path("reason").asText() : json.toString(),
                message.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(message.asLong()),
                json.path("delivered").asInt(),
                Instant.now());
    }

    /** Does with a claim what callers do: completes it, gives it back, or forgets it. */
    private void settle(Asked asked, JsonNode answer, int drawn) {
        String token = answer.path("claim").path("token").asText();
        if (token.isEmpty() || drawn < 25) {
            return;
        }
        if (drawn < 35) {
            settle(token, "extend", "{\"for\":\"3s\"}");
        }
        boolean completes = drawn < 80;
        if (!settle(token, completes ? "complete" : "release", "{}") && completes) {
            journal.late(asked);
        }
    }

    /** Whether the claim was still there. */
    private boolean settle(String token, String verb, String body) {
        while (!stopping) {
            try {
                Api.Reply reply = api.post("/v1/claims/" + token + "/" + verb, body, withType(Map.of()));
                if (reply.status() != UNAVAILABLE) {
                    // A conflict is an answer, too: the server was away for longer than the lease.
                    if (reply.status() != OK && reply.status() != CONFLICT) {
                        journal.broken(Promise.ANSWERS, verb + " of a claim was answered by " + reply);
                    }
                    return reply.status() == OK;
                }
            } catch (IOException e) {
                // Settling is safe to repeat.
            }
            rest(REST);
        }
        return false;
    }

    private static void rest(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Lets the callers end although they have no answer: the run has failed. */
    void abort() {
        aborted = true;
    }

    /** Ends the callers; each of them first gets the answers that it waits for, so the server must be there. */
    @Override
    public void close() {
        stopping = true;
        for (Thread caller : callers) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
