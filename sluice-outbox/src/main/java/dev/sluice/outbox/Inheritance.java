package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Ids;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * What another system did for a key, to be taken over from it.
 *
 * @param key that of the same subject here
 * @param subjectText the subject in full if the key has a hash of it, else empty
 * @param known what is known
 */
public record Inheritance(Key key, String subjectText, Known known) {
    /** What may be known of a subject. */
    public sealed interface Known {
        /** It was told then. */
        record ToldAt(Instant at) implements Known {}

        /** It was told, and the window of that ends then. */
        record EndsAt(Instant end) implements Known {}

        /** It was told, and the window of that ends in so long; measured just now, so that seconds do not matter. */
        record EndsIn(Duration left) implements Known {}

        /** Somebody has it in hand since then, and it is not known whether they told. */
        record InHandSince(Instant since) implements Known {}
    }

    /** What became of it. */
    public enum Result {
        /** The key is held by it from now on; in a trial, it would be. */
        TAKEN,
        /** Nothing changes: the key is held already, for as long or longer, or was armed since. */
        KNOWN,
        /** Nothing changes: it is over. */
        OVER
    }

    /**
     * The answer.
     *
     * @param until when that is over of which was told, or what was in hand
     */
    public record Taken(Result result, Instant until) {}

    /** How much later the second of two measures of what is left may be. */
    private static final long JITTER = Micros.of(Duration.ofSeconds(2));

    /** One that is ready to be applied: with times for ends, which depend on the rule and on the clock. */
    record Ready(Key key, String subjectText, Rule rule, Event event, boolean measured) {
        Taken take(Journal journal, boolean trial) throws SQLException {
            long now = journal.now();
            State state = journal.read(key).orElse(State.EMPTY);
            Outcome tried = Step.apply(state, rule, event, now);
            // Most of what a system knows is over, and must not become as many keys.
            if (trial || isJitter(tried) || (result(tried, now) == Result.OVER && !ends(tried))) {
                return taken(tried, now);
            }
            Outcome outcome = journal.step(key, rule, event);
            if (outcome.answer() instanceof Answer.Full) {
                throw new StoreException("there is no room for " + key + "; take it over later");
            }
            if (result(outcome, now) == Result.TAKEN) {
                Subjects.keep(journal.unit(), key, subjectText);
            }
            return taken(outcome, now);
        }

        /** What was in hand is over by this. */
        private static boolean ends(Outcome tried) {
            return tried.effects().stream().anyMatch(Effect.Ended.class::isInstance);
        }

        /** The same was measured before, a little earlier or later. */
        private boolean isJitter(Outcome tried) {
            boolean open = tried.before().done() > 0 && tried.state().done() > 0;
            return measured && open && tried.state().start() - tried.before().start() <= JITTER;
        }

        private Taken taken(Outcome outcome, long now) {
            return new Taken(result(outcome, now), Micros.instant(until(outcome.state())));
        }

        private Result result(Outcome outcome, long now) {
            if (measured && isJitter(outcome)) {
                return Result.KNOWN;
            }
            boolean taken = outcome.effects().stream()
                    .anyMatch(effect -> effect instanceof Effect.Inherited || effect instanceof Effect.TakenOver);
            if (taken) {
                return Result.TAKEN;
            }
            return end() <= now ? Result.OVER : Result.KNOWN;
        }

        /** When what is taken over is over by itself. */
        private long end() {
            if (event instanceof Event.InHandSince inHand) {
                long deadline = inHand.since() + rule.lease();
                return rule.onLost() == OnLost.DROP ? deadline + length(rule) : deadline;
            } else if (event instanceof Event.ToldBefore told) {
                return told.at() + length(rule);
            }
            throw new IllegalStateException("takes nothing over: " + event);
        }

        private long until(State after) {
            if (after.done() > 0) {
                boolean ends = rule.window() != Micros.FOREVER;
                return ends ? after.start() + rule.window() : after.lastSeen() + rule.idle();
            }
            return after.live().stream().mapToLong(Live::until).max().orElse(end());
        }
    }

    /** @param now the clock that the key goes by */
    Ready ready(Rule rule, long now, RandomGenerator random) {
        boolean measured = known instanceof Known.EndsIn;
        if (known instanceof Known.InHandSince inHand) {
            long since = Micros.of(inHand.since());
            return new Ready(key, subjectText, rule, new Event.InHandSince(id(since), random.nextLong(), since), false);
        }
        long at = Math.min(toldAt(rule, now), now);
        return new Ready(key, subjectText, rule, new Event.ToldBefore(id(at), at), measured);
    }

    private long toldAt(Rule rule, long now) {
        if (known instanceof Known.ToldAt told) {
            return Micros.of(told.at());
        } else if (known instanceof Known.EndsAt ends) {
            return Micros.of(ends.end()) - length(rule);
        } else if (known instanceof Known.EndsIn ends) {
            return now + Micros.of(ends.left()) - length(rule);
        }
        throw new IllegalStateException("was not told: " + known);
    }

    /** How long one telling holds a key. */
    private static long length(Rule rule) {
        return rule.window() == Micros.FOREVER ? rule.idle() : rule.window();
    }

    /** The same for what was begun and then told at that time, in every run. */
    private static long id(long at) {
        return Ids.number("taken over " + at);
    }
}
