package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Bucket;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Settled;
import dev.sluice.State;
import java.util.Locale;
import java.util.Optional;

/** What the ledger says of something. */
record Note(Ledger.Kind kind, String detail) {

    /**
     * What it says of the effect of a step; nothing of a tally that was told, because whoever told it says more,
     * nor of what is held: that is said once, of its tally.
     */
    static Optional<Note> of(Effect effect) {
        if (effect instanceof Effect.Ended ended && ended.bucket() == Bucket.HELD) {
            return Optional.empty();
        } else if (effect instanceof Effect.Ended ended) {
            Ledger.Kind kind = ended.bucket() == Bucket.DEAD ? Ledger.Kind.DEAD : Ledger.Kind.SETTLE;
            String detail =
                    "claim " + ended.claim().fence() + " is " + ended.bucket().word();
            return Optional.of(new Note(kind, detail));
        } else if (effect instanceof Effect.Lost lost) {
            String counted = lost.assumed() ? "assumed delivered" : "held";
            String detail = "claim " + lost.claim().fence() + " reached its deadline and counts as " + counted;
            return Optional.of(new Note(Ledger.Kind.LOST, detail));
        } else if (effect instanceof Effect.Closed closed) {
            return Optional.of(new Note(Ledger.Kind.TALLY, text(closed.tally())));
        } else if (effect instanceof Effect.Kept kept) {
            return Optional.of(new Note(Ledger.Kind.TALLY, kept.held() + " held; by the rule nobody is told"));
        } else if (effect instanceof Effect.Armed armed) {
            return Optional.of(new Note(Ledger.Kind.RESET, "armed again, by " + word(armed.cause())));
        } else if (effect instanceof Effect.Reported reported && reported.done() > 0) {
            String detail = reported.done() + " delivered and " + reported.held() + " held elsewhere";
            return Optional.of(new Note(Ledger.Kind.REPORT, detail));
        } else if (effect instanceof Effect.Inherited told) {
            return Optional.of(new Note(Ledger.Kind.IMPORT, "told elsewhere at " + Micros.instant(told.at())));
        } else if (effect instanceof Effect.TakenOver inHand) {
            String detail = "claim " + inHand.claim().fence() + " for what is in hand elsewhere, until "
                    + Micros.instant(inHand.claim().until());
            return Optional.of(new Note(Ledger.Kind.IMPORT, detail));
        } else if (effect instanceof Effect.Overshoot over) {
            return Optional.of(new Note(Ledger.Kind.OVERSHOOT, over.by() + " more went out than the rule allows"));
        }
        return Optional.empty();
    }

    /**
     * What it says of a completion that came when its claim was lost already; empty if it came in time, came before, or
     * counts nothing.
     */
    static Optional<Note> late(Event event, Rule rule, Outcome outcome) {
        boolean counts = rule.onLost() == OnLost.RETRY && !rule.exclusive();
        if (!(event instanceof Event.Complete complete) || !(outcome.answer() instanceof Answer.Stale) || !counts) {
            return Optional.empty();
        }
        long fence = complete.fence();
        boolean late = isLate(outcome.state(), fence) && !isLate(outcome.before(), fence);
        return late && fence > outcome.state().armed()
                ? Optional.of(new Note(Ledger.Kind.SETTLE, "claim " + fence + " was completed late, and counts"))
                : Optional.empty();
    }

    private static boolean isLate(State state, long fence) {
        return state.settled().stream().anyMatch(each -> each.fence() == fence && each.end() == Settled.End.LATE);
    }

    private static String text(Out tally) {
        return "%d held from %s to %s, closed by %s"
                .formatted(
                        tally.held(), Micros.instant(tally.first()), Micros.instant(tally.last()), word(tally.cause()));
    }

    private static String word(Out.Cause cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }
}
