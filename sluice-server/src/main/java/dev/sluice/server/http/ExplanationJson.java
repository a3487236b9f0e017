package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.Explanation;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.State;
import dev.sluice.outbox.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Writes how a subject stands: one row of a list, or everything. */
final class ExplanationJson {
    private ExplanationJson() {}

    static void brief(JsonGenerator json, Explanation about) throws IOException {
        json.writeStartObject();
        standing(json, about);
        json.writeEndObject();
    }

    private static void standing(JsonGenerator json, Explanation about) throws IOException {
        State state = about.state();
        Answers.key(json, about.key());
        json.writeStringField("allow", about.rule().allowance());
        json.writeStringField("reason", about.reason().word());
        Answers.time(json, "nextEligibleAt", about.next());
        json.writeNumberField("occurrences", state.seen());
        json.writeNumberField("delivered", state.done());
        json.writeNumberField("limit", about.rule().limit());
        json.writeNumberField("claimed", state.live().size());
        json.writeNumberField("held", state.held());
        Answers.time(json, "lastSeen", Micros.maybe(state.lastSeen()));
    }

    static void full(JsonGenerator json, Explanation about, String subjectText, List<Sample> samples)
            throws IOException {
        standing(json, about);
        State state = about.state();
        json.writeStringField("subjectText", subjectText);
        json.writeStringField("now", about.now().toString());
        json.writeBooleanField("forgotten", about.forgotten());
        json.writeArrayFieldStart("explanation");
        for (String sentence : about.sentences()) {
            json.writeString(sentence);
        }
        json.writeEndArray();
        Answers.time(json, "windowStart", Micros.maybe(state.start()));
        Answers.time(json, "firstHeld", Micros.maybe(state.first()));
        Answers.time(json, "lastHeld", Micros.maybe(state.last()));
        Answers.time(json, "restsUntil", Micros.maybe(state.retryAt()));
        Answers.time(json, "resetAt", Micros.maybe(state.resetAt()));
        json.writeNumberField("failures", state.failures());
        if (state.mark().isPresent()) {
            json.writeNumberField("mark", state.mark().getAsDouble());
        }
        claims(json, state);
        owed(json, state.out());
        samples(json, samples);
    }

    static void holds(JsonGenerator json, List<BudgetHold> holds) throws IOException {
        json.writeArrayFieldStart("heldByBudgets");
        for (BudgetHold hold : holds) {
            json.writeStartObject();
            json.writeStringField("budget", hold.budget().variant());
            json.writeStringField("subject", hold.budget().subject());
            json.writeNumberField("held", hold.held());
            Answers.time(json, "until", hold.until());
            json.writeStringField("explanation", hold.sentence());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void claims(JsonGenerator json, State state) throws IOException {
        json.writeArrayFieldStart("claims");
        for (Live claim : state.live()) {
            json.writeStartObject();
            json.writeNumberField("fence", claim.fence());
            json.writeStringField("until", Micros.instant(claim.until()).toString());
            json.writeBooleanField("summary", claim.summary());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void owed(JsonGenerator json, @org.jspecify.annotations.Nullable Out out) throws IOException {
        if (out != null) {
            json.writeObjectFieldStart("owed");
            json.writeNumberField("held", out.held());
            json.writeStringField("first", Micros.instant(out.first()).toString());
            json.writeStringField("last", Micros.instant(out.last()).toString());
            json.writeStringField("cause", out.cause().name().toLowerCase(Locale.ROOT));
            json.writeEndObject();
        }
    }

    private static void samples(JsonGenerator json, List<Sample> samples) throws IOException {
        json.writeArrayFieldStart("samples");
        for (Sample sample : samples) {
            json.writeStartObject();
            json.writeStringField("at", sample.at().toString());
            json.writeStringField("title", sample.title());
            json.writeStringField("message", sample.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
