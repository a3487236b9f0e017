package dev.sluice.server.http;

import dev.sluice.Claim;
import dev.sluice.DurationText;
import dev.sluice.Settlement;
import dev.sluice.server.job.UniqueJobs;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Extends and settles the claims of jobs: those whose receiver answered with 202 are settled in no other way. */
final class JobClaims {
    private static final int MOST_BODY = 500_000;
    private static final int MOST_PLACE = 100_000;
    private static final int MOST_WORD = 100;
    private static final int MOST_REASON = 1_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final UniqueJobs jobs;

    JobClaims(UniqueJobs jobs) {
        this.jobs = jobs;
    }

    /** What is done with a claim. */
    enum Verb {
        COMPLETE("completed", "place"),
        RELEASE("released", "reason"),
        EXTEND("extended", "for");

        private final String word;
        private final String member;

        Verb(String word, String member) {
            this.word = word;
            this.member = member;
        }

        static Verb of(String word) {
            return Arrays.stream(values())
                    .filter(verb -> verb.word.equals(word))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static final class Wish implements Reading.Member {
        private final Verb verb;
        private Optional<String> value = Optional.empty();

        Wish(Verb verb) {
            this.verb = verb;
        }

        @Override
        public boolean read(String name, Reading from) throws IOException {
            if (!name.equals(verb.member)) {
                return false;
            }
            value = from.text(
                    name,
                    switch (verb) {
                        case COMPLETE -> MOST_PLACE;
                        case RELEASE -> MOST_REASON;
                        case EXTEND -> MOST_WORD;
                    });
            return true;
        }

        Duration length(Faults faults) {
            try {
                Duration length = DurationText.parse(value.orElse(""));
                if (length.isZero() || length.compareTo(LONGEST) > 0) {
                    faults.add("for", "must be more than 0 and at most " + DurationText.format(LONGEST));
                }
                return length;
            } catch (IllegalArgumentException e) {
                faults.add("for", "must be given: a length of time such as 250ms, 30s or 10m");
                return Duration.ZERO;
            }
        }
    }

    void settle(Exchange exchange, Claim claim, Verb verb) {
        Faults faults = new Faults();
        exchange.query(Set.of(), faults);
        exchange.body(MOST_BODY, body -> {
            Wish wish = new Wish(verb);
            if (body.length > 0) {
                exchange.requireJson();
                Reading.object(body, faults, wish);
            }
            Duration length = verb == Verb.EXTEND ? wish.length(faults) : Duration.ZERO;
            faults.check();
            exchange.blocking(
                    () -> switch (verb) {
                        case COMPLETE -> jobs.complete(claim, wish.value);
                        case RELEASE -> jobs.fail(claim, wish.value.orElse("its receiver gave it back"));
                        case EXTEND -> jobs.extend(claim, length);
                    },
                    settlement -> answer(exchange, claim, verb, settlement));
        });
    }

    private static void answer(Exchange exchange, Claim claim, Verb verb, Settlement settlement) {
        ClaimApi.answer(exchange, claim, verb.word, settlement);
    }
}
