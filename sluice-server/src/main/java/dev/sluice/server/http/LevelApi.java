package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Episode;
import dev.sluice.outbox.Occurrence;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.HttpConfig;
import dev.sluice.server.watch.LevelAnswer;
import dev.sluice.server.watch.LevelReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Takes levels, one as JSON or many as NDJSON, and answers in which zone they are and what became of that. */
final class LevelApi {
    private static final int MOST_VALUES = 100;
    private static final int MOST_VALUE = 10_000;

    private final Engine engine;
    private final HttpConfig.Limits limits;

    LevelApi(Engine engine, HttpConfig.Limits limits) {
        this.engine = engine;
        this.limits = limits;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/v1/flows/{flow}/levels", this::post),
                new Route("GET", "/v1/flows/{flow}/episodes", this::episodes));
    }

    private FlowConfig flow(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        if (flow.levels().watch().isEmpty()) {
            throw new Refusal(
                    Problem.Kind.INVALID,
                    "flow '" + flow.name() + "' watches no levels; post to /v1/flows/" + flow.name() + "/occurrences");
        }
        return flow;
    }

    private void post(Exchange exchange) {
        FlowConfig flow = flow(exchange);
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        faults.check();
        String type = exchange.mediaType();
        if (type.equals(OccurrenceApi.MANY)) {
            new LineStream(exchange, new Lines(flow, engine.together()), limits.line()).begin();
        } else if (type.equals(OccurrenceApi.ONE)) {
            exchange.body(
                    limits.body(),
                    body -> exchange.when(judge(flow, body, engine::level), answer -> exchange.json(200, answer)));
        } else {
            throw new Refusal(
                    Problem.Kind.MEDIA_TYPE, "the body must be " + OccurrenceApi.ONE + " or " + OccurrenceApi.MANY);
        }
    }

    /** The lines of one request. */
    private static final class Lines implements LineStream.Line {
        private final FlowConfig flow;
        private final Engine.Together together;

        Lines(FlowConfig flow, Engine.Together together) {
            this.flow = flow;
            this.together = together;
        }

        @Override
        public CompletionStage<Json.Body> answer(long number, byte[] line) {
            return judge(flow, line, together::level);
        }

        @Override
        public void end() {
            together.end();
        }
    }

    private static CompletionStage<Json.Body> judge(
            FlowConfig flow, byte[] body, BiFunction<String, LevelReport, CompletionStage<LevelAnswer>> judge) {
        Faults faults = new Faults();
        Draft draft = new Draft();
        Reading.object(body, faults, draft);
        if (draft.subject.isEmpty() && faults.none()) {
            faults.add("subject", "must be given");
        }
        PostedNames.check(draft.subject, draft.id, draft.recipients, faults);
        faults.check();
        return judge.apply(flow.name(), draft.report()).thenApply(answer -> {
            if (answer.decision().isPresent() && answer.decision().get() instanceof Acceptance.IdConflict conflict) {
                throw new Refusal(OccurrenceApi.reused(conflict));
            }
            return json -> write(json, answer);
        });
    }

    /** What has been read so far. Every member that is none of these is a value of the subject. */
    private static final class Draft implements Reading.Member {
        private Optional<String> subject = Optional.empty();
        private Optional<String> id = Optional.empty();
        private List<String> recipients = List.of();
        private final Map<String, String> values = new LinkedHashMap<>();

        @Override
        public boolean read(String name, Reading from) throws IOException {
            switch (name) {
                case "subject" -> subject = from.text(name, PostedNames.MOST_SUBJECT);
                case "id" -> id = from.text(name, PostedNames.MOST_WORD);
                case "recipients" ->
                    recipients = from.texts(name, PostedNames.MOST_RECIPIENTS, PostedNames.MOST_ADDRESS);
                default -> {
                    if (values.size() == MOST_VALUES) {
                        from.tooMany(name, MOST_VALUES);
                        return true;
                    }
                    from.plain(name, MOST_VALUE).ifPresent(value -> values.put(name, value));
                }
            }
            return true;
        }

        LevelReport report() {
            Optional<Occurrence.Request> request =
                    id.map(word -> new Occurrence.Request(word, Posted.hash(subject.orElse(""), values)));
            return new LevelReport(subject.orElseThrow(), Map.copyOf(values), recipients, request);
        }
    }

    private static void write(JsonGenerator json, LevelAnswer answer) throws IOException {
        json.writeStringField("flow", answer.flow());
        json.writeStringField("subject", answer.subject());
        json.writeStringField("zone", answer.zone());
        json.writeFieldName("previousZone");
        json.writeString(answer.previousZone().orElse(null));
        json.writeStringField("decision", word(answer));
        json.writeStringField("reason", answer.reason());
        Optional<Acceptance.Decided> decided =
                answer.decision().filter(Acceptance.Decided.class::isInstance).map(Acceptance.Decided.class::cast);
        if (answer.episode().isPresent()) {
            json.writeFieldName("episode");
            episode(json, answer.episode().get());
        } else {
            json.writeNullField("episode");
        }
        Answers.time(json, "nextEligibleAt", decided.flatMap(Acceptance.Decided::next));
        if (decided.flatMap(Acceptance.Decided::message).isPresent()) {
            json.writeObjectFieldStart("message");
            json.writeNumberField("id", decided.get().message().get().id());
            json.writeStringField("state", decided.get().message().get().state());
            json.writeEndObject();
        }
        json.writeBooleanField("proceed", answer.proceed());
    }

    private static String word(LevelAnswer answer) {
        if (answer.zone().equals(LevelAnswer.UNKNOWN)) {
            return LevelAnswer.UNKNOWN;
        }
        return answer.decision()
                .filter(Acceptance.Decided.class::isInstance)
                .map(decided -> ((Acceptance.Decided) decided).word())
                .orElse("none");
    }

    static void episode(JsonGenerator json, Episode episode) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", episode.id());
        json.writeStringField("zone", episode.key().variant());
        json.writeStringField("subject", episode.key().subject());
        json.writeStringField("state", episode.state().word());
        json.writeStringField("openedAt", episode.times().openedAt().toString());
        json.writeStringField("lastSeen", episode.times().lastSeen().toString());
        json.writeNumberField("checks", episode.counts().checks());
        json.writeNumberField("held", episode.counts().held());
        json.writeNumberField("level", episode.opening().level());
        Answers.time(json, "notifiedAt", episode.times().notifiedAt());
        Answers.time(json, "closedAt", episode.times().closedAt());
        json.writeEndObject();
    }

    private void episodes(Exchange exchange) {
        FlowConfig flow = flow(exchange);
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("subject", "state", "before", "limit"), faults);
        Optional<String> subject = query.text("subject");
        Optional<Boolean> open = query.word("state", List.of("open", "closed")).map(word -> word.equals("open"));
        Optional<Long> before = query.number("before", 1, Long.MAX_VALUE);
        int limit = query.number("limit", 1, 1_000).map(Long::intValue).orElse(100);
        faults.check();
        exchange.blocking(
                () -> engine.episodes(flow.name(), subject, open, before, limit),
                found -> exchange.json(200, json -> {
                    json.writeArrayFieldStart("episodes");
                    for (Episode episode : found) {
                        episode(json, episode);
                    }
                    json.writeEndArray();
                }));
    }
}
