package dev.sluice.contract;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What must hold for every state by itself, whatever led to it; nothing that is tried here is kept. */
final class Probe {
    private static final int MOST_LOOKS = 40;
    private static final int PROBES = 8;

    private final Rule rule;
    private final Evaluator evaluator;
    private final RandomGenerator random;

    Probe(Rule rule, Evaluator evaluator, RandomGenerator random) {
        this.rule = rule;
        this.evaluator = evaluator;
        this.random = random;
    }

    /** The event happened and gave {@code first}; it comes again, because its answer was lost. */
    void repeat(Event event, Outcome first, long now) {
        State after = first.state();
        if (!isRemembered(event, after)) {
            return;
        }
        Outcome again = evaluator.apply(after, rule, event, now);
        require(same(again.state(), after), Check.REPEAT, () -> "the state changed to " + again.state());
        Books all = again.books(event);
        Books moved = all.with(Bucket.REPEATED, -all.get(Bucket.REPEATED));
        require(moved.equals(Books.EMPTY), Check.REPEAT, () -> "the books moved by " + moved);
        boolean settles = !(event instanceof Event.Offer || event instanceof Event.Extend);
        require(
                !settles || again.answer().equals(first.answer()),
                Check.REPEAT,
                () -> "the answer was " + first.answer() + " and is " + again.answer());
    }

    private static boolean isRemembered(Event event, State after) {
        if (event instanceof Event.Offer offer) {
            return after.live().stream().anyMatch(it -> it.id() == offer.id())
                    || after.settled().stream().anyMatch(it -> it.id() == offer.id());
        }
        return !(event instanceof Event.Reset);
    }

    void packed(State state) {
        State read = Packed.decode(Packed.encode(state));
        require(same(read, state), Check.PACKED, () -> "written " + state + ", read " + read);
    }

    /** Whoever looks in between does not change what comes. */
    void composes(State state) {
        List<Long> times = times(state);
        long one = times.get(random.nextInt(times.size()));
        long other = times.get(random.nextInt(times.size()));
        long first = Math.min(one, other);
        long second = Math.max(one, other);
        State stepwise = look(look(state, first), second);
        State direct = look(state, second);
        require(
                same(stepwise, direct),
                Check.COMPOSES,
                () -> "looking at " + first + " and " + second + " gives " + stepwise + ", at once " + direct);
    }

    /** A timer that looks whenever the key is due, and at no other time, tells everything that is owed, and in time. */
    void due(State from) {
        long due = Step.dueAt(from, rule);
        if (rule.digest() != Digest.AT_CLOSE) {
            require(due == Micros.FOREVER, Check.DUE, () -> "due at " + due + " though nobody is told");
            return;
        }
        for (long time : times(from)) {
            Out owed = look(from, time).out();
            require(
                    owed == null || due <= time,
                    Check.DUE,
                    () -> owed + " waits at " + time + ", before it is due at " + due);
        }
        State last = from;
        for (int looks = 0; looks < MOST_LOOKS && Step.dueAt(last, rule) != Micros.FOREVER; looks++) {
            last = tell(last, Step.dueAt(last, rule));
        }
        State end = last;
        require(Step.dueAt(end, rule) == Micros.FOREVER, Check.DUE, () -> "due again and again: " + end);
        require(end.held() == 0 && end.out() == null, Check.DUE, () -> "never due, and never told: " + end);
    }

    private State tell(State state, long due) {
        require(
                state.out() != null || due > state.touched() || state.touched() == Micros.ABSENT,
                Check.DUE,
                () -> "due at " + due + " again, with nothing to tell: " + state);
        State looked = look(state, Math.max(due, state.touched()));
        Out out = looked.out();
        return out == null
                ? looked
                : evaluator
                        .apply(looked, rule, new Event.Told(out.number()), looked.touched())
                        .state();
    }

    /** If the key may be deleted, then nobody can see whether it was. */
    void forget(State state) {
        if (state.touched() == Micros.ABSENT) {
            return;
        }
        long allowed = Step.forgetAt(state, rule);
        long time = Math.max(
                state.touched(), random.nextBoolean() ? allowed : times(state).get(0));
        if (time == Micros.FOREVER) {
            return;
        }
        Outcome forgotten = Step.forget(state, rule, time);
        require(
                forgotten != null || time < allowed,
                Check.FORGET,
                () -> "not forgotten at " + time + ", due " + allowed);
        if (forgotten == null || state.failures() > 0) {
            return;
        }
        long left = state.held() + (state.out() == null ? 0 : state.out().held());
        if (left == 0 && forgotten.books(new Event.Take()).equals(Books.EMPTY)) {
            compare(state, State.absent(state.fence()), time);
        }
    }

    private void compare(State keptState, State goneState, long from) {
        Branch kept = new Branch(keptState);
        Branch gone = new Branch(goneState);
        long at = from;
        for (int i = 0; i < PROBES; i++) {
            at += random.nextInt(3) == 0 ? random.nextLong(longest()) : 0;
            long time = at;
            int kind = random.nextInt(8);
            int number = random.nextInt(3);
            String one = kept.answer(kind, number, time, i);
            String other = gone.answer(kind, number, time, i);
            require(
                    one.equals(other),
                    Check.FORGET,
                    () -> "kept it answers " + one + ", forgotten " + other + " at " + time);
        }
    }

    /** One of two futures of a key. */
    private final class Branch {
        private State state;
        private Live claim = new Live(1, 1, 1, 1, false, OptionalDouble.empty());

        Branch(State state) {
            this.state = state;
        }

        String answer(int kind, int number, long time, int id) {
            Outcome outcome = evaluator.apply(state, rule, event(kind, number, id), time);
            state = outcome.state();
            if (outcome.answer() instanceof Answer.Granted granted) {
                claim = granted.claim();
                return "granted " + claim.summary();
            } else if (outcome.answer() instanceof Answer.Held held) {
                Answer.Counts counts = held.counts();
                return "held " + held.reason() + counts.done() + " " + counts.held() + " " + counts.next();
            } else if (outcome.answer() instanceof Answer.Passed passed) {
                return "passed " + passed.summary() + passed.counts().done();
            } else if (outcome.answer() instanceof Answer.Taken taken) {
                return taken.tally()
                        .map(out -> "taken " + out.held() + " " + out.first() + " " + out.last() + out.cause())
                        .orElse("nothing to take");
            }
            return outcome.answer().toString();
        }

        private Event event(int kind, int number, int id) {
            return switch (kind) {
                case 0, 1, 2 -> new Event.Offer(-1 - id, 7, OptionalDouble.of(number), Event.Settle.LATER);
                case 3, 4 -> new Event.Complete(claim.fence(), claim.nonce());
                case 5 -> new Event.Release(claim.fence(), claim.nonce(), Event.Why.FAILED);
                case 6 -> new Event.Reset(OptionalDouble.of(number));
                default -> new Event.Take();
            };
        }
    }

    private State look(State state, long time) {
        return evaluator.apply(state, rule, new Event.Take(), time).state();
    }

    private long longest() {
        return 1 + Math.max(rule.lease(), rule.window() == Micros.FOREVER ? rule.idle() : rule.window());
    }

    /** Times at which something may happen, and some just before and after; none before the state was touched. */
    private List<Long> times(State state) {
        List<Long> times = new ArrayList<>();
        boolean finite = rule.window() != Micros.FOREVER;
        state.live().forEach(claim -> times.add(claim.until()));
        times.add(finite ? after(state.start(), rule.window()) : after(state.lastSeen(), rule.idle()));
        times.add(after(state.first(), finite ? rule.window() : rule.idle()));
        times.add(state.resetAt());
        times.add(state.retryAt());
        times.replaceAll(time -> time == Micros.ABSENT ? time : time + random.nextInt(3) - 1);
        times.add(state.touched() + random.nextLong(longest()));
        times.add(state.touched() + 3 * longest());
        times.removeIf(time -> time < state.touched());
        times.sort(Long::compare);
        return times;
    }

    private static long after(long time, long length) {
        return time == Micros.ABSENT ? time : time + length;
    }

    private static void require(boolean holds, Check check, Supplier<String> what) {
        if (!holds) {
            throw new Fault(check, what.get());
        }
    }

    /** Whether all fields are equal. */
    static boolean same(State one, State other) {
        return one.touched() == other.touched()
                && one.lastSeen() == other.lastSeen()
                && one.fence() == other.fence()
                && one.armed() == other.armed()
                && one.start() == other.start()
                && one.done() == other.done()
                && one.live().equals(other.live())
                && one.settled().equals(other.settled())
                && one.failures() == other.failures()
                && one.retryAt() == other.retryAt()
                && one.resetAt() == other.resetAt()
                && one.seen() == other.seen()
                && one.held() == other.held()
                && one.first() == other.first()
                && one.last() == other.last()
                && Objects.equals(one.out(), other.out())
                && one.mark().equals(other.mark())
                && one.reporters().equals(other.reporters());
    }
}
