package dev.sluice.server.http;

import dev.sluice.DurationText;
import dev.sluice.jobs.ByHand;
import dev.sluice.jobs.Planned;
import dev.sluice.jobs.Schedule;
import dev.sluice.server.job.JobOrder;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Lets an operator cancel, release, run, pause and schedule jobs. All of it is in the ledger. */
final class JobByHandApi {
    private static final int MOST_BODY = 500_000;
    private static final int MOST_WORD = 200;
    private static final int MOST_REASON = 500;

    private final Engine engine;

    JobByHandApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route("DELETE", "/v1/jobs/{job}/{subject}", exchange -> order(exchange, JobOrder.CANCEL)),
                new Route("POST", "/v1/jobs/{job}/{subject}/release", exchange -> order(exchange, JobOrder.RELEASE)),
                new Route("POST", "/v1/jobs/{job}/{subject}/run", exchange -> order(exchange, JobOrder.RUN)),
                new Route("POST", "/v1/jobs/{job}/{subject}/pause", this::pause),
                new Route("POST", "/v1/jobs/{job}/{subject}/resume", this::resume),
                new Route("PUT", "/v1/jobs/{job}/{subject}/schedule", this::plan),
                new Route("DELETE", "/v1/jobs/{job}/{subject}/schedule", this::unplan));
    }

    /** What the bodies of these requests may hold; each takes some of it. */
    private static final class Wish implements Reading.Member {
        private final Set<String> known;
        private String by = "api";
        private Optional<String> reason = Optional.empty();
        private Optional<String> every = Optional.empty();
        private Optional<String> cron = Optional.empty();
        private Optional<String> zone = Optional.empty();
        private boolean enabled = true;
        private String data = "";

        Wish(Set<String> known) {
            this.known = known;
        }

        @Override
        public boolean read(String name, Reading from) throws IOException {
            if (!known.contains(name)) {
                return false;
            }
            switch (name) {
                case "by" -> by = from.text(name, MOST_WORD).orElse(by);
                case "reason" -> reason = from.text(name, MOST_REASON).filter(text -> !text.isBlank());
                case "every" -> every = from.text(name, MOST_WORD);
                case "cron" -> cron = from.text(name, MOST_WORD);
                case "zone" -> zone = from.text(name, MOST_WORD);
                case "enabled" -> enabled = from.flag(name);
                default -> data = from.anyObject(name);
            }
            return true;
        }

        Optional<Schedule> schedule(Faults faults) {
            if (every.isPresent() == cron.isPresent()) {
                faults.add("every", "or cron must be given, and not both");
                return Optional.empty();
            }
            try {
                return Optional.of(
                        every.isPresent()
                                ? new Schedule.Every(DurationText.parse(every.get()))
                                : new Schedule.Cron(cron.orElseThrow(), ZoneId.of(zone.orElse("UTC"))));
            } catch (DateTimeException e) {
                faults.add("zone", "must be a time zone such as Europe/Berlin");
            } catch (IllegalArgumentException e) {
                faults.add(
                        every.isPresent() ? "every" : "cron",
                        every.isPresent()
                                ? "must be a length of time from 1s, such as 1h"
                                : "must be a cron expression of six fields such as 0 30 8 * * MON-FRI");
            }
            return Optional.empty();
        }
    }

    private static void reading(Exchange exchange, Set<String> known, Faults faults, Consumer<Wish> then) {
        exchange.query(Set.of(), faults);
        exchange.body(MOST_BODY, body -> {
            Wish wish = new Wish(known);
            if (body.length > 0) {
                exchange.requireJson();
                Reading.object(body, faults, wish);
            }
            then.accept(wish);
        });
    }

    private void order(Exchange exchange, JobOrder order) {
        String job = JobApi.config(engine, exchange.value(0)).name();
        String subject = JobApi.subject(exchange);
        Faults faults = new Faults();
        reading(exchange, Set.of("by"), faults, wish -> {
            faults.check();
            exchange.blocking(
                    () -> engine.jobs().order(order, job, subject, wish.by), done -> answer(exchange, order, done));
        });
    }

    private static void answer(Exchange exchange, JobOrder order, ByHand done) {
        String what = "the job " + exchange.value(0) + " for " + exchange.value(1);
        switch (done) {
            case DONE -> done(exchange, order.words());
            case RUNNING ->
                throw new Refusal(
                        Problem.Kind.TOO_LATE, what + " is running; it ends by itself, or release takes it away");
            case ABSENT ->
                throw new Refusal(
                        Problem.Kind.NOT_FOUND,
                        what
                                + switch (order) {
                                    case RELEASE -> " is not running";
                                    case CANCEL -> " is not there";
                                    case RUN -> " is not there; POST to " + above(exchange) + " starts one";
                                });
        }
    }

    /** The path of the job, as it was sent. */
    private static String above(Exchange exchange) {
        String path = exchange.request().path();
        return path.substring(0, path.lastIndexOf('/'));
    }

    private static void done(Exchange exchange, String words) {
        exchange.json(200, json -> {
            json.writeBooleanField("success", true);
            json.writeStringField("done", words);
        });
    }

    private void pause(Exchange exchange) {
        String job = JobApi.config(engine, exchange.value(0)).name();
        String subject = JobApi.subject(exchange);
        Faults faults = new Faults();
        reading(exchange, Set.of("by", "reason"), faults, wish -> {
            if (wish.reason.isEmpty()) {
                faults.add("reason", "must be given: whoever is refused reads it");
            }
            faults.check();
            exchange.blocking(
                    () -> {
                        engine.jobs().pause(job, subject, wish.reason.orElseThrow(), wish.by);
                        return "paused";
                    },
                    words -> done(exchange, words));
        });
    }

    private void resume(Exchange exchange) {
        String job = JobApi.config(engine, exchange.value(0)).name();
        String subject = JobApi.subject(exchange);
        Faults faults = new Faults();
        reading(exchange, Set.of("by"), faults, wish -> {
            faults.check();
            exchange.blocking(
                    () -> {
                        engine.jobs().resume(job, subject, wish.by);
                        return "resumed";
                    },
                    words -> done(exchange, words));
        });
    }

    private void plan(Exchange exchange) {
        Faults faults = new Faults();
        JobApi.config(engine, exchange.value(0));
        String subject = JobApi.subject(exchange);
        reading(exchange, Set.of("by", "every", "cron", "zone", "enabled", "data"), faults, wish -> {
            Optional<Schedule> schedule = wish.schedule(faults);
            if (wish.data.length() > JobRequest.MOST_DATA) {
                faults.add("data", "is over " + JobRequest.MOST_DATA + " characters");
            }
            faults.check();
            plan(exchange, new Planned(subject, schedule, wish.enabled, wish.data), wish.by, "scheduled");
        });
    }

    private void unplan(Exchange exchange) {
        Faults faults = new Faults();
        JobApi.config(engine, exchange.value(0));
        String subject = JobApi.subject(exchange);
        reading(exchange, Set.of("by"), faults, wish -> {
            faults.check();
            plan(exchange, new Planned(subject, Optional.empty(), true, ""), wish.by, "not scheduled any more");
        });
    }

    private void plan(Exchange exchange, Planned planned, String by, String words) {
        exchange.blocking(
                () -> {
                    engine.jobs().plan(exchange.value(0), planned, by);
                    return words;
                },
                done -> done(exchange, done));
    }
}
