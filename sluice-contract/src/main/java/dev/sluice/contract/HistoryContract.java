package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.Store.Forgotten;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever happens to a key, a store does with it what the step does, and nothing else. */
abstract class HistoryContract extends ServerClockContract {
    private static final int HISTORIES = 200;
    private static final int LENGTH = 40;
    private static final int ALL = 10_000;
    private static final int MOST_LOOKS = 40;

    /** The others are about the step alone, whoever carries it. */
    private static final Set<Check> OF_A_STORE =
            EnumSet.of(Check.ANSWER, Check.STATE, Check.CAP, Check.FENCES, Check.BOOKS, Check.REPEAT, Check.PACKED);

    /** How many random histories are played; fewer only where the same store is proven in another place, too. */
    protected int histories() {
        return HISTORIES;
    }

    @Test
    void keepsEveryPromiseInEveryHistory() {
        for (int seed = 0; seed < histories(); seed++) {
            History history = History.of(seed, LENGTH);
            KeyInStore subject = new KeyInStore(Key.of("history-" + seed, "subject"));
            Evaluator repeat = (state, rule, event, now) -> subject.apply(rule, event, now);
            Optional<Fault> fault = Play.fault(history, subject, repeat, OF_A_STORE);
            assertTrue(fault.isEmpty(), () -> fault.orElseThrow().getMessage() + "\n  under " + history.title());
            subject.tellWhatIsOwed(history.rule());
        }
    }

    /** One key of the store, as the subject of a history; looks at what is stored, and at the index, too. */
    private final class KeyInStore implements Subject {
        private final Key key;
        private Optional<State> stored = Optional.empty();
        private long fence;

        KeyInStore(Key key) {
            this.key = key;
        }

        @Override
        public Outcome apply(Rule rule, Event event, long now) {
            clock().set(Micros.instant(now));
            Outcome outcome = await(store().apply(new Command(key, rule, event)));
            assertEquals(stored.orElse(State.absent(outcome.before().fence())), outcome.before());
            assertTrue(outcome.before().fence() >= fence, "the fence went back");
            Optional<State> written = read(key);
            boolean staysAbsent = stored.isEmpty() && !event.brings();
            assertEquals(staysAbsent ? Optional.empty() : Optional.of(outcome.state()), written);
            stored = written;
            fence = stored.map(State::fence).orElse(outcome.before().fence());
            index(rule, now);
            return outcome;
        }

        /** Long after the last event, whoever looks at what is due finds everything that is owed. */
        void tellWhatIsOwed(Rule rule) {
            for (int look = 0; look < MOST_LOOKS && await(store().nextDue()) != Micros.FOREVER; look++) {
                pass(Duration.ofDays(400));
                take(key, rule).ifPresent(tally -> told(key, rule, tally));
            }
            boolean owing = rule.digest() == Digest.AT_CLOSE
                    && read(key)
                            .filter(state -> state.held() > 0 || state.out() != null)
                            .isPresent();
            assertFalse(owing, () -> "owed and never due: " + read(key));
            assertEquals(Micros.FOREVER, nextDue());
        }

        private void index(Rule rule, long now) {
            long due = stored.map(state -> Step.dueAt(state, rule)).orElse(Micros.FOREVER);
            assertEquals(due <= now, await(store().due(ALL)).contains(key), () -> "due at " + due + ", now " + now);
            assertEquals(due, nextDue(), "when the only key of the store that may be due is due");
        }

        @Override
        public Optional<Books> forget(Rule rule, long now) {
            clock().set(Micros.instant(now));
            Optional<Outcome> expected = stored.map(state -> Step.forget(state, rule, now));
            List<Forgotten> forgotten =
                    await(store().forget(other -> other.equals(key) ? Optional.of(rule) : Optional.empty(), ALL));
            assertEquals(
                    expected.map(it -> List.of(new Forgotten(key, it.books(new Event.Take()))))
                            .orElse(List.of()),
                    forgotten);
            stored = expected.isPresent() ? Optional.empty() : stored;
            assertEquals(stored, read(key));
            return expected.map(it -> it.books(new Event.Take()));
        }

        @Override
        public boolean isAbsent() {
            return stored.isEmpty();
        }
    }
}
