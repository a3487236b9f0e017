package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.DurationText;
import dev.sluice.jobs.Kept;
import dev.sluice.server.config.JobConfig;
import dev.sluice.server.job.FetchedJob;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Gives jobs to workers that come for them. They extend and settle them by their claims. */
final class JobFetchApi {
    private static final int MOST_BODY = 10_000;
    private static final int MOST_WORD = 200;
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Engine engine;

    JobFetchApi(Engine engine) {
        this.engine = engine;
    }

    /** Before the route of a trigger, whose subject would be {@code claim}. */
    List<Route> routes() {
        return List.of(new Route("POST", "/v1/jobs/{job}/claim", this::claim));
    }

    private static final class Wish implements Reading.Member {
        private String by = "a worker";

        @Override
        public boolean read(String name, Reading from) throws IOException {
            if (!name.equals("by")) {
                return false;
            }
            by = from.text(name, MOST_WORD).filter(text -> !text.isBlank()).orElse(by);
            return true;
        }
    }

    private void claim(Exchange exchange) {
        JobConfig config = JobApi.config(engine, exchange.value(0));
        Faults faults = new Faults();
        Duration wait = wait(exchange.query(Set.of("wait"), faults), faults);
        exchange.body(MOST_BODY, body -> {
            Wish wish = new Wish();
            if (body.length > 0) {
                exchange.requireJson();
                Reading.object(body, faults, wish);
            }
            faults.check();
            CompletableFuture<Optional<FetchedJob>> next = next(config, wish.by, wait);
            exchange.whenAwaited(next, found -> answer(exchange, found), () -> next.complete(Optional.empty()));
        });
    }

    private static Duration wait(Query query, Faults faults) {
        try {
            Duration wait = query.text("wait").map(DurationText::parse).orElse(Duration.ZERO);
            if (wait.compareTo(LONGEST) <= 0) {
                return wait;
            }
            faults.add("wait", "must be at most " + DurationText.format(LONGEST) + "; ask again after it");
        } catch (IllegalArgumentException e) {
            faults.add("wait", "must be a length of time such as 30s");
        }
        return Duration.ZERO;
    }

    private CompletableFuture<Optional<FetchedJob>> next(JobConfig config, String by, Duration wait) {
        if (!config.isFetched()) {
            throw new Refusal(
                    Problem.Kind.INVALID,
                    "the jobs of " + config.name()
                            + " are done by its call; workers fetch those of a job with 'fetched: on'");
        }
        try {
            return engine.jobs().fetch(config.name(), by, wait);
        } catch (RejectedExecutionException e) {
            throw new Refusal(
                    Problem.Kind.AWAY, "too many workers wait for jobs of " + config.name() + ": " + e.getMessage());
        }
    }

    private static void answer(Exchange exchange, Optional<FetchedJob> found) {
        if (found.isPresent()) {
            exchange.json(200, json -> write(json, found.get()));
        } else {
            exchange.nothing();
        }
    }

    private static void write(JsonGenerator json, FetchedJob fetched) throws IOException {
        json.writeStringField("job", fetched.job().kind());
        json.writeStringField("subject", fetched.job().subject());
        json.writeStringField("job_id", fetched.job().id());
        json.writeNumberField("attempt", fetched.job().attempt());
        json.writeStringField("triggered", fetched.job().since().toString());
        json.writeStringField("by", fetched.job().origin().by());
        json.writeStringField("place", fetched.kept().map(Kept::place).orElse(""));
        Answers.time(json, "lastRun", fetched.kept().flatMap(Kept::lastRun));
        json.writeFieldName("data");
        // What was triggered with no data has an empty object.
        json.writeRawValue(fetched.job().data().isEmpty() ? "{}" : fetched.job().data());
        json.writeStringField("token", fetched.claim().token());
        json.writeNumberField("fence", fetched.claim().fence());
        json.writeStringField("until", fetched.claim().until().toString());
    }
}
