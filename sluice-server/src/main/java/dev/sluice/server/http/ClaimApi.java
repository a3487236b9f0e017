package dev.sluice.server.http;

import dev.sluice.Claim;
import dev.sluice.DurationText;
import dev.sluice.Event;
import dev.sluice.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Settles claims for callers that send by themselves. */
final class ClaimApi {
    private static final int MOST_BODY = 10_000;
    private static final int MOST_WORD = 100;

    /** A claim that may block a key for longer than this is no lease any more. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Engine engine;

    ClaimApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "POST",
                        "/v1/claims/{token}/complete",
                        exchange -> settle(exchange, "completed", this::complete)),
                new Route(
                        "POST", "/v1/claims/{token}/release", exchange -> settle(exchange, "released", this::release)),
                new Route("POST", "/v1/claims/{token}/extend", exchange -> settle(exchange, "extended", this::extend)));
    }

    /** What the body of a settle said. */
    private record Wish(Optional<String> why, Optional<String> length, Faults faults) {}

    private void settle(Exchange exchange, String word, BiFunction<Claim, Wish, CompletionStage<Settlement>> verb) {
        Claim claim = claim(exchange.value(0));
        if (engine.jobs().isOf(claim)) {
            new JobClaims(engine.jobs()).settle(exchange, claim, JobClaims.Verb.of(word));
            return;
        } else if (!engine.isOfAction(claim)) {
            FlowApi.flow(engine, claim.key().flow());
        } else if (!word.equals("extended")) {
            throw new Refusal(Problem.Kind.INVALID, "the claim of an action is settled by the answer to its step");
        }
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        exchange.body(MOST_BODY, body -> {
            Wish wish = wish(exchange, body, word, faults);
            exchange.when(verb.apply(claim, wish), settlement -> answer(exchange, claim, word, settlement));
        });
    }

    static void answer(Exchange exchange, Claim claim, String word, Settlement settlement) {
        if (settlement == Settlement.STALE) {
            throw new Refusal(Problem.Kind.STALE, "the claim ended otherwise: lost, released, evicted or unknown");
        }
        exchange.json(200, json -> {
            json.writeStringField("claim", word);
            Answers.key(json, claim.key());
            json.writeNumberField("fence", claim.fence());
        });
    }

    private static Claim claim(String token) {
        try {
            return Claim.parse(token);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Problem.Kind.INVALID, "this is not the token of a claim");
        }
    }

    private static Wish wish(Exchange exchange, byte[] body, String word, Faults faults) {
        Wishes wishes = new Wishes(word);
        if (body.length > 0) {
            exchange.requireJson();
            Reading.object(body, faults, wishes);
        }
        return new Wish(wishes.why, wishes.length, faults);
    }

    /** Takes the members that belong to the verb. */
    private static final class Wishes implements Reading.Member {
        private final String word;
        private Optional<String> why = Optional.empty();
        private Optional<String> length = Optional.empty();

        Wishes(String word) {
            this.word = word;
        }

        @Override
        public boolean read(String name, Reading from) throws java.io.IOException {
            if (word.equals("released") && name.equals("why")) {
                why = from.text(name, MOST_WORD);
                return true;
            } else if (word.equals("extended") && name.equals("for")) {
                length = from.text(name, MOST_WORD);
                return true;
            }
            return false;
        }
    }

    private CompletionStage<Settlement> complete(Claim claim, Wish wish) {
        wish.faults.check();
        return engine.complete(claim);
    }

    private CompletionStage<Settlement> release(Claim claim, Wish wish) {
        String why = wish.why.orElse("failed");
        if (!why.equals("failed") && !why.equals("withdrawn")) {
            wish.faults.add("why", "must be failed or withdrawn");
        }
        wish.faults.check();
        return engine.release(claim, why.equals("failed") ? Event.Why.FAILED : Event.Why.WITHDRAWN);
    }

    private CompletionStage<Settlement> extend(Claim claim, Wish wish) {
        Duration length = Duration.ZERO;
        if (wish.length.isEmpty()) {
            wish.faults.add("for", "must be given: a length of time such as 30s");
        } else {
            length = length(wish.length.get(), wish.faults);
        }
        wish.faults.check();
        return engine.extend(claim, length);
    }

    private static Duration length(String text, Faults faults) {
        try {
            Duration length = DurationText.parse(text);
            if (length.isZero() || length.compareTo(LONGEST) > 0) {
                faults.add("for", "must be more than 0 and at most " + DurationText.format(LONGEST));
            }
            return length;
        } catch (IllegalArgumentException e) {
            faults.add("for", "must be a length of time such as 250ms, 30s or 10m");
            return Duration.ZERO;
        }
    }
}
