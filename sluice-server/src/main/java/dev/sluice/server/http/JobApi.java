package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.jobs.JobStatus;
import dev.sluice.jobs.Kept;
import dev.sluice.jobs.Trigger;
import dev.sluice.jobs.Triggered;
import dev.sluice.server.config.JobConfig;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Starts jobs, and says how they stand. */
final class JobApi {
    private static final int MOST_BODY = 500_000;
    private static final int MOST_SUBJECT = 200;
    private static final long MOST = 1_000;
    private static final long USUAL = 100;

    private final Engine engine;

    JobApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/jobs", this::list),
                new Route("POST", "/v1/jobs/{job}/{subject}", this::trigger),
                new Route("GET", "/v1/jobs/{job}/{subject}", this::show));
    }

    /** The kind that a path names. */
    static JobConfig config(Engine engine, String name) {
        return engine.jobs().config(name).orElseThrow(() -> {
            List<String> known =
                    engine.jobs().configs().stream().map(JobConfig::name).toList();
            return new Refusal(
                    Problem.Kind.UNKNOWN_JOB,
                    "there is no job '" + name + "' in the configuration; there is "
                            + (known.isEmpty() ? "none at all" : String.join(", ", known)));
        });
    }

    /** The subject that a path names. */
    static String subject(Exchange exchange) {
        String subject = exchange.value(1);
        if (subject.getBytes(StandardCharsets.UTF_8).length > MOST_SUBJECT) {
            throw new Refusal(Problem.Kind.INVALID, "the subject is over " + MOST_SUBJECT + " bytes");
        }
        return subject;
    }

    private void trigger(Exchange exchange) {
        JobConfig config = config(engine, exchange.value(0));
        String subject = subject(exchange);
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        exchange.body(MOST_BODY, body -> {
            if (body.length > 0) {
                exchange.requireJson();
            }
            Trigger trigger = JobRequest.read(body, faults).trigger(subject, engine.now(), faults);
            faults.check();
            exchange.blocking(
                    () -> engine.jobs().trigger(config.name(), trigger), done -> answer(exchange, config, done));
        });
    }

    private static void answer(Exchange exchange, JobConfig config, Triggered triggered) {
        if (triggered instanceof Triggered.Started started) {
            accepted(
                    exchange,
                    "started",
                    "The job is " + JobAnswers.word(started.job().state()) + ".",
                    started.job());
        } else if (triggered instanceof Triggered.Joined joined) {
            accepted(exchange, "joined", "The job that waits runs for this request, too.", joined.job());
        } else if (triggered instanceof Triggered.Follows follows) {
            accepted(exchange, "follows", "The job runs once more after the one that is running.", follows.job());
        } else if (triggered instanceof Triggered.Replaced replaced) {
            accepted(exchange, "replaced", "The job takes the place of the one that waited.", replaced.job());
        } else if (triggered instanceof Triggered.Already already) {
            conflict(exchange, config, already.job());
        } else if (triggered instanceof Triggered.Paused paused) {
            refused(exchange, new Problem(Problem.Kind.JOB_PAUSED, paused.reason()), json -> {
                json.writeBooleanField("success", false);
                json.writeStringField("error", paused.reason());
            });
        }
    }

    /** The id is that of the run that is made for this trigger. */
    private static void accepted(Exchange exchange, String done, String message, JobStatus job) {
        boolean follows = done.equals("follows");
        exchange.json(202, json -> {
            json.writeBooleanField("success", true);
            json.writeStringField("message", message);
            json.writeStringField(
                    "job_id", follows ? job.followUp().map(JobStatus.Origin::id).orElseGet(job::id) : job.id());
            json.writeStringField("state", JobAnswers.word(job.state()));
            json.writeStringField("done", done);
            Answers.time(json, "nextRunAt", job.next());
        });
    }

    private static void conflict(Exchange exchange, JobConfig config, JobStatus job) {
        String text = config.words().pending() + " Status: " + JobAnswers.word(job.state()) + ".";
        refused(exchange, new Problem(Problem.Kind.JOB_PENDING, text), json -> {
            json.writeBooleanField("success", false);
            json.writeStringField("error", text);
            JobAnswers.pending(json, job.subject(), Optional.of(job));
            json.writeStringField("job_id", job.id());
            json.writeStringField("state", JobAnswers.word(job.state()));
            JobAnswers.standing(json, job);
        });
    }

    private static void refused(Exchange exchange, Problem problem, Json.Body members) {
        exchange.send(problem.kind().status, Problem.MEDIA_TYPE, Buffer.buffer(Json.object(json -> {
            problem.write(json);
            members.write(json);
        })));
    }

    /** A job, and what is kept beside it. */
    private record Shown(Optional<JobStatus> job, Optional<Kept> kept) {}

    private void show(Exchange exchange) {
        String job = config(engine, exchange.value(0)).name();
        String subject = subject(exchange);
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
        exchange.blocking(
                () -> new Shown(
                        engine.jobs().status(job, subject), engine.jobs().kept(job, subject)),
                shown -> {
                    if (shown.job().isEmpty() && shown.kept().isEmpty()) {
                        throw new Refusal(
                                Problem.Kind.NOT_FOUND, "nothing is known of the job " + job + " for " + subject);
                    }
                    exchange.json(200, json -> write(json, job, subject, shown));
                });
    }

    private static void write(JsonGenerator json, String job, String subject, Shown shown) throws IOException {
        if (shown.job().isPresent()) {
            JobAnswers.write(json, shown.job().get());
        } else {
            json.writeStringField("job", job);
            json.writeStringField("subject", subject);
            json.writeStringField("state", "none");
        }
        JobAnswers.pending(json, subject, shown.job());
        if (shown.kept().isPresent()) {
            JobAnswers.kept(json, shown.kept().get());
        }
    }

    private void list(Exchange exchange) {
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("job", "state", "limit"), faults);
        Optional<String> job = query.text("job");
        Optional<String> state = query.word(
                "state",
                Arrays.stream(dev.sluice.jobs.JobState.values())
                        .map(JobAnswers::word)
                        .toList());
        int limit = query.number("limit", 1, MOST).orElse(USUAL).intValue();
        faults.check();
        List<String> kinds = job.map(name -> List.of(config(engine, name).name()))
                .orElseGet(() ->
                        engine.jobs().configs().stream().map(JobConfig::name).toList());
        exchange.blocking(
                () -> {
                    List<JobStatus> all = new ArrayList<>();
                    kinds.forEach(kind -> all.addAll(engine.jobs().list(kind, limit)));
                    return all.stream()
                            .filter(each -> state.isEmpty() || state.get().equals(JobAnswers.word(each.state())))
                            .toList();
                },
                found -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("jobs");
                    for (JobStatus each : found) {
                        json.writeStartObject();
                        JobAnswers.write(json, each);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }));
    }
}
