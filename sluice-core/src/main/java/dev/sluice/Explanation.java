package dev.sluice;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a key stands at one moment, and why.
 *
 * @param key which
 * @param rule at hand
 * @param state with time advanced to {@code now}
 * @param now when, by the clock of the store
 */
public record Explanation(Key key, Rule rule, State state, Instant now) {
    /** Explains a stored state at {@code now} microseconds. */
    public static Explanation of(Key key, Rule rule, State stored, long now) {
        State state = Step.advance(stored, rule, now);
        return new Explanation(key, rule, state, Micros.instant(state.touched()));
    }

    /** When the next occurrence may pass: now if it may; empty if only a reset helps. */
    public Optional<Instant> next() {
        return Micros.maybe(Step.nextPass(state, rule, Micros.of(now)));
    }

    /** Whether nothing is left of the key, as of one that never came: it was idle for long enough. */
    public boolean forgotten() {
        return state.fence() == 0 && state.lastSeen() == Micros.ABSENT;
    }

    /** What would hold the next occurrence; {@link Reason#ALLOWED} if nothing. */
    public Reason reason() {
        if (state.retryAt() != Micros.ABSENT && Micros.of(now) < state.retryAt()) {
            return Reason.BACKOFF;
        }
        if (state.used() < rule.limit()) {
            return Reason.ALLOWED;
        }
        return state.done() >= rule.limit() ? Reason.LIMIT : Reason.IN_FLIGHT;
    }

    /** The explanation in sentences, most important first. */
    public List<String> sentences() {
        List<String> text = new ArrayList<>();
        text.add("The rule is " + rule.allowance() + ".");
        if (forgotten()) {
            text.add("Nothing is held: it was idle for long enough to be forgotten.");
        } else if (state.done() > 0) {
            text.add(state.done() + " of " + rule.limit() + " went out in the window that began "
                    + Micros.instant(state.start()) + ".");
        } else {
            text.add("No window is open.");
        }
        if (!state.live().isEmpty()) {
            text.add(state.live().size() + " claimed and not settled, the first until "
                    + Micros.instant(Advance.firstDeadline(new Draft(state))) + ".");
        }
        if (state.held() > 0) {
            text.add(state.held() + " held from " + Micros.instant(state.first()) + " to "
                    + Micros.instant(state.last()) + ".");
        }
        Out out = state.out();
        if (out != null) {
            text.add(out.held() + " held before that wait to be told.");
        }
        text.add(whatWouldPass());
        return text;
    }

    private String whatWouldPass() {
        return switch (reason()) {
            case BACKOFF ->
                state.failures() + " attempts failed; the key rests until " + Micros.instant(state.retryAt()) + ".";
            case LIMIT ->
                next().map(at -> "The limit is reached; the next one passes at " + at + ".")
                        .orElse("The limit is reached; only a reset lets the next one pass.");
            case IN_FLIGHT ->
                "All slots are claimed; the next one passes when a claim is released, at "
                        + next().map(Instant::toString).orElse("the next reset") + " at the latest.";
            default -> "The rule lets the next one pass now.";
        };
    }
}
