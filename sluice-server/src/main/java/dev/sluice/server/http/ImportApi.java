package dev.sluice.server.http;

import dev.sluice.Key;
import dev.sluice.outbox.Inheritance;
import dev.sluice.outbox.Inheritance.Known;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.HttpConfig;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Takes over what another system told, or has in hand, line by line; or says what would become of it. */
final class ImportApi {
    /** How far a clock may be ahead of ours. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final double MOST_MILLIS = Duration.ofDays(36_500).toMillis();

    private final Engine engine;
    private final HttpConfig.Limits limits;

    ImportApi(Engine engine, HttpConfig.Limits limits) {
        this.engine = engine;
        this.limits = limits;
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/v1/flows/{flow}/imports", this::post));
    }

    private void post(Exchange exchange) {
        FlowConfig flow = FlowApi.flow(engine, exchange.value(0));
        if (!exchange.mediaType().equals(OccurrenceApi.MANY)) {
            throw new Refusal(Problem.Kind.MEDIA_TYPE, "the body must be " + OccurrenceApi.MANY);
        }
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("variant", "trial"), faults);
        String variant = query.text("variant").orElse("");
        boolean trial =
                query.word("trial", List.of("true", "false")).orElse("false").equals("true");
        check(flow, variant, faults);
        faults.check();
        new LineStream(exchange, new Lines(flow, variant, trial), limits.line()).begin();
    }

    /** Nothing is ever told under the name of a flow that watches: its keys are those of zones. */
    private static void check(FlowConfig flow, String variant, Faults faults) {
        boolean watch = flow.levels().watch().isPresent();
        List<String> variants = flow.plan().rules().keySet().stream()
                .filter(name -> !name.isEmpty())
                .sorted()
                .toList();
        if (variant.isEmpty() ? watch : !variants.contains(variant)) {
            String what = watch ? "must be a zone that tells: " : "is none of flow '" + flow.name() + "': it has ";
            faults.add("variant", what + (variants.isEmpty() ? "none" : String.join(", ", variants)));
        }
    }

    /** The lines of one request. */
    private final class Lines implements LineStream.Line {
        private final FlowConfig flow;
        private final String variant;
        private final boolean trial;

        Lines(FlowConfig flow, String variant, boolean trial) {
            this.flow = flow;
            this.variant = variant;
            this.trial = trial;
        }

        @Override
        public CompletionStage<Json.Body> answer(long number, byte[] line) {
            Draft draft = new Draft(engine.now());
            Reading.object(line, draft.faults, draft);
            Known known = draft.known();
            String subject = draft.subject.orElseThrow();
            Key key = flow.key(variant, subject);
            String text = key.subject().equals(subject) ? "" : subject;
            return engine.inherit(new Inheritance(key, text, known), trial).thenApply(taken -> json -> {
                json.writeStringField("subject", key.subject());
                json.writeStringField("result", taken.result().name().toLowerCase(Locale.ROOT));
                json.writeStringField("until", taken.until().toString());
            });
        }

        @Override
        public void end() {}
    }

    /** What has been read so far of a line. */
    private static final class Draft implements Reading.Member {
        private final Instant now;
        private final Faults faults = new Faults();
        private final List<Known> known = new ArrayList<>();
        private Optional<String> subject = Optional.empty();

        Draft(Instant now) {
            this.now = now;
        }

        @Override
        public boolean read(String name, Reading from) throws IOException {
            switch (name) {
                case "subject" -> subject = from.text(name, PostedNames.MOST_SUBJECT);
                case "toldAt" -> past(name, from).map(Known.ToldAt::new).ifPresent(known::add);
                case "endsAt" -> time(name, from).map(Known.EndsAt::new).ifPresent(known::add);
                case "endsIn" -> left(name, from).map(Known.EndsIn::new).ifPresent(known::add);
                case "inHandSince" ->
                    past(name, from).map(Known.InHandSince::new).ifPresent(known::add);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private Optional<Instant> past(String name, Reading from) throws IOException {
            return time(name, from).filter(time -> {
                boolean past = !time.isAfter(now.plus(AHEAD));
                if (!past) {
                    faults.add(name, "is still to come: " + time + ", and it is " + now + "; is the time zone right?");
                }
                return past;
            });
        }

        private Optional<Instant> time(String name, Reading from) throws IOException {
            return from.text(name, PostedNames.MOST_WORD).flatMap(text -> {
                try {
                    Instant time = Instant.parse(text);
                    if (!time.isBefore(Instant.EPOCH) && !time.isAfter(LATEST)) {
                        return Optional.of(time);
                    }
                    faults.add(name, "must be in the years 1970 to 9999, not " + text);
                } catch (DateTimeException e) {
                    faults.add(name, "must be a time such as 2026-01-31T09:30:00Z");
                }
                return Optional.empty();
            });
        }

        private Optional<Duration> left(String name, Reading from) throws IOException {
            OptionalDouble millis = from.number(name);
            if (millis.isEmpty()) {
                return Optional.empty();
            } else if (millis.getAsDouble() < 0 || millis.getAsDouble() > MOST_MILLIS) {
                faults.add(name, "must be milliseconds, from 0 to 100 years");
                return Optional.empty();
            }
            return Optional.of(Duration.ofMillis((long) millis.getAsDouble()));
        }

        /** @throws Refusal with all that is wrong with the line */
        Known known() {
            if (subject.isEmpty() && faults.none()) {
                faults.add("subject", "must be given");
            }
            PostedNames.check(subject, Optional.empty(), List.of(), faults);
            if (known.size() != 1 && faults.none()) {
                faults.add("", "must have one of toldAt, endsAt, endsIn and inHandSince");
            }
            faults.check();
            return known.get(0);
        }
    }
}
