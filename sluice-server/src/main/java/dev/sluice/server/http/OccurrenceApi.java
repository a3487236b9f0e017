package dev.sluice.server.http;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Content;
import dev.sluice.outbox.DecisionLog;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.HttpConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Takes occurrences, one as JSON or many as NDJSON, and answers what was decided. */
final class OccurrenceApi {
    static final String ONE = "application/json";
    static final String MANY = "application/x-ndjson";

    private static final int MOST_ID = 200;
    private static final Set<String> PARAMETERS = Set.of("settle");

    private final Engine engine;
    private final Meters meters;
    private final HttpConfig.Limits limits;
    private final DecisionLog log = new DecisionLog();

    OccurrenceApi(Engine engine, Meters meters, HttpConfig.Limits limits) {
        this.engine = engine;
        this.meters = meters;
        this.limits = limits;
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/v1/flows/{flow}/occurrences", this::post));
    }

    /** What holds for every occurrence of one request. */
    record Frame(FlowConfig flow, Event.Settle settle, Optional<String> id, Scope scope) {
        /** What the id of the frame was given for. */
        enum Scope {
            /** For the one occurrence of the body, which cannot have another. */
            BODY,
            /** For a line, by its number; an id that the line brings itself is the better one. */
            LINE
        }
    }

    private void post(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        String type = exchange.mediaType();
        if (!type.equals(ONE) && !type.equals(MANY)) {
            throw new Refusal(
                    Problem.Kind.MEDIA_TYPE,
                    "the body must be " + ONE + " or " + MANY
                            + (type.isEmpty() ? "; the request names no Content-Type" : ", not " + type));
        }
        Faults faults = new Faults();
        Frame frame = frame(exchange, flow, faults);
        if (type.equals(MANY)) {
            faults.check();
            new LineStream(exchange, new Lines(frame, engine.together()), limits.line()).begin();
        } else {
            exchange.body(limits.body(), body -> one(exchange, frame, body, faults));
        }
    }

    private static Frame frame(Exchange exchange, FlowConfig flow, Faults faults) {
        if (flow.levels().watch().isPresent()) {
            throw new Refusal(
                    Problem.Kind.INVALID,
                    "flow '" + flow.name() + "' watches levels; post them to /v1/flows/" + flow.name() + "/levels");
        }
        Query query = exchange.query(PARAMETERS, faults);
        Event.Settle settle = query.word("settle", List.of("now")).isPresent() ? Event.Settle.NOW : Event.Settle.LATER;
        if (settle == Event.Settle.NOW && !flow.plan().channels().isEmpty()) {
            faults.add(
                    "settle",
                    "cannot be now for flow '" + flow.name() + "': its channels deliver, and their outcome settles");
        }
        Optional<String> id = exchange.header("Idempotency-Key").map(OccurrenceApi::unquoted);
        id.ifPresent(text -> {
            if (text.isBlank() || text.length() > MOST_ID) {
                faults.add("Idempotency-Key", "must have 1 to " + MOST_ID + " characters");
            }
        });
        return new Frame(flow, settle, id, Frame.Scope.BODY);
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private void one(Exchange exchange, Frame frame, byte[] body, Faults faults) {
        exchange.when(decide(frame, body, faults, engine::accept), acceptance -> {
            if (acceptance instanceof Acceptance.Decided decided) {
                exchange.json(200, json -> Answers.decision(json, decided));
            } else if (acceptance instanceof Acceptance.IdConflict conflict) {
                exchange.refuse(reused(conflict));
            }
        });
    }

    /** The lines of one request. */
    private final class Lines implements LineStream.Line {
        private final Frame frame;
        private final Engine.Together together;

        Lines(Frame frame, Engine.Together together) {
            this.frame = frame;
            this.together = together;
        }

        /** The Idempotency-Key of the request stands for all of them: each without an id gets one of its own from it. */
        @Override
        public CompletionStage<Json.Body> answer(long number, byte[] line) {
            Frame own = new Frame(frame.flow, frame.settle, frame.id.map(id -> id + "#" + number), Frame.Scope.LINE);
            return decide(own, line, new Faults(), together::accept).thenApply(acceptance -> {
                if (acceptance instanceof Acceptance.IdConflict conflict) {
                    throw new Refusal(reused(conflict));
                }
                return json -> Answers.decision(json, (Acceptance.Decided) acceptance);
            });
        }

        @Override
        public void end() {
            together.end();
        }
    }

    static Problem reused(Acceptance.IdConflict conflict) {
        return new Problem(
                Problem.Kind.ID_REUSED,
                "the id '" + conflict.id() + "' came before with another body; nothing was done");
    }

    /**
     * Reads one occurrence and has it decided.
     *
     * @throws Refusal if it is no occurrence of this flow
     */
    private CompletionStage<Acceptance> decide(
            Frame frame, byte[] body, Faults faults, Function<Occurrence, CompletionStage<Acceptance>> accept) {
        Posted posted = Posted.read(body, faults);
        boolean two = frame.id.isPresent() && posted.id().isPresent() && !frame.id.equals(posted.id());
        if (two && frame.scope == Frame.Scope.BODY) {
            faults.add("id", "differs from the Idempotency-Key of the request");
        }
        checkVariant(frame.flow, posted, faults);
        faults.check();
        Meters.Watch watch = meters.start(frame.flow.name());
        Occurrence occurrence = occurrence(frame, posted, faults);
        return accept.apply(occurrence).whenComplete((answer, failure) -> {
            watch.stop(answer);
            if (failure == null) {
                log.decided(frame.flow.plan(), occurrence, posted.fields().orElse(Map.of()), answer);
            }
        });
    }

    private static void checkVariant(FlowConfig flow, Posted posted, Faults faults) {
        posted.variant()
                .filter(variant -> !flow.plan().rules().containsKey(variant))
                .ifPresent(variant -> faults.add("variant", "is none of flow '" + flow.name() + "'"));
    }

    private static Occurrence occurrence(Frame frame, Posted posted, Faults faults) {
        Map<String, String> fields = fields(posted);
        String subject = posted.subject().orElseGet(() -> subject(frame.flow, fields, faults));
        String variant = posted.variant().orElseGet(() -> frame.flow.variant(fields));
        Key key = Key.of(frame.flow.name(), variant, subject);
        Optional<Occurrence.Request> request =
                posted.id().or(frame::id).map(id -> new Occurrence.Request(id, posted.bodyHash()));
        Occurrence occurrence = new Occurrence(
                key,
                key.subject().equals(subject) ? "" : subject,
                posted.content(),
                posted.recipients(),
                request,
                frame.settle);
        return frame.flow
                .levels()
                .group()
                .map(group -> fields.getOrDefault(group.by(), ""))
                .filter(name -> !name.isBlank())
                .map(occurrence::grouped)
                .orElse(occurrence);
    }

    private static String subject(FlowConfig flow, Map<String, String> fields, Faults faults) {
        try {
            return flow.subjectText(fields);
        } catch (IllegalArgumentException e) {
            faults.add("fields", String.valueOf(e.getMessage()));
            faults.check();
            throw e;
        }
    }

    /** What a recipe may use: the fields, and what the occurrence says. */
    private static Map<String, String> fields(Posted posted) {
        Map<String, String> all = new HashMap<>();
        Content content = posted.content();
        put(all, "title", content.title());
        put(all, "message", content.message());
        put(all, "severity", content.severity());
        posted.fields().ifPresent(all::putAll);
        return all;
    }

    private static void put(Map<String, String> all, String name, String value) {
        if (!value.isEmpty()) {
            all.put(name, value);
        }
    }
}
