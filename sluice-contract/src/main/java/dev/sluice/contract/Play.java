package dev.sluice.contract;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Plays one history on one key and looks at everything after every step. */
final class Play {
    private static final long SECOND = Micros.of(Duration.ofSeconds(1));
    private static final long DAY = Micros.of(Duration.ofDays(1));
    private static final long JITTER = 10 * SECOND;

    /** Makes small numbers large and different. */
    private static final long NUMBERS = 0x9E3779B97F4A7C15L;

    private final History history;
    private final Rule rule;
    private final Subject subject;
    private final Set<Check> checks;
    private final Probe probe;
    private final Model model;
    private final List<String> log = new ArrayList<>();
    private boolean telling;

    private final List<Live> grants = new ArrayList<>();
    private final List<Event.Offer> offers = new ArrayList<>();
    private final List<Event.Report> reports = new ArrayList<>();
    private final List<Event> inherited = new ArrayList<>();
    private Optional<Out> taken = Optional.empty();
    private State state = State.EMPTY;
    private Books books = Books.EMPTY;
    private long highest;
    private long now = Micros.of(StoreBench.START);
    private long names;

    private Play(History history, Subject subject, Evaluator evaluator, Set<Check> checks) {
        this.history = history;
        this.rule = history.rule();
        this.subject = subject;
        this.checks = checks;
        this.probe = new Probe(rule, evaluator, new SplittableRandom(~history.seed()));
        this.model = new Model(rule);
    }

    /** What the evaluator breaks, if it does. */
    static Optional<Fault> fault(History history, Evaluator evaluator, Set<Check> checks) {
        return new Play(history, Subject.of(evaluator), evaluator, checks).run();
    }

    /** What the subject breaks, if it does; where a check tries something, it does so by the evaluator. */
    static Optional<Fault> fault(History history, Subject subject, Evaluator evaluator, Set<Check> checks) {
        return new Play(history, subject, evaluator, checks).run();
    }

    /** Everything that happens in a history, up to what it breaks, as a text. */
    static String text(History history, Evaluator evaluator) {
        Play play = new Play(history, Subject.of(evaluator), evaluator, EnumSet.allOf(Check.class));
        play.telling = true;
        Optional<Fault> fault = play.run();
        return history.title() + "\n  " + String.join("\n  ", play.log)
                + fault.map(it -> "\n  " + it.getMessage()).orElse("");
    }

    private Optional<Fault> run() {
        try {
            history.moves().forEach(this::step);
            return Optional.empty();
        } catch (Fault fault) {
            return Optional.of(fault);
        }
    }

    private void step(Move move) {
        now = time(move);
        if (move.what() == Move.What.FORGET) {
            forget();
            return;
        }
        Event event = event(move);
        boolean isNew = state.touched() == Micros.ABSENT;
        Outcome outcome = subject.apply(rule, event, now);
        log(() -> event + " -> " + outcome.answer() + " " + outcome.effects());
        if (isNew) {
            model.fenceFloor(outcome.before().fence());
        }
        Answer expected = model.apply(event, now);
        remember(outcome);
        check(event, outcome, expected);
        state = outcome.state();
        if (subject.isAbsent()) {
            vanish();
        }
    }

    private void forget() {
        log(() -> "forget");
        Optional<Books> moved = subject.forget(rule, now);
        if (moved.isPresent()) {
            books = books.plus(moved.get());
            vanish();
            require(
                    Check.BOOKS,
                    books.equals(model.books()),
                    () -> "forgotten with " + books + ", not " + model.books());
        }
    }

    private void log(Supplier<String> what) {
        if (telling) {
            log.add("+" + (now - Micros.of(StoreBench.START)) + " us " + what.get());
        }
    }

    private void vanish() {
        model.forget(now);
        state = State.absent(state.fence());
    }

    private void remember(Outcome outcome) {
        if (outcome.answer() instanceof Answer.Granted granted && !grants.contains(granted.claim())) {
            grants.add(granted.claim());
        }
        if (outcome.answer() instanceof Answer.Taken tally) {
            taken = tally.tally();
        }
    }

    private void check(Event event, Outcome outcome, Answer expected) {
        State after = outcome.state();
        require(
                Check.ANSWER,
                outcome.answer().equals(expected),
                () -> "the answer is " + outcome.answer() + ", expected " + expected);
        require(Check.STATE, model.is(after), () -> "the state is\n    " + after + ", expected\n    " + model);
        cap(outcome);
        fences(outcome);
        books(event, outcome);
        if (checks.contains(Check.REPEAT)) {
            probe.repeat(event, outcome, now);
        }
        if (checks.contains(Check.PACKED)) {
            probe.packed(after);
        }
        if (checks.contains(Check.COMPOSES)) {
            probe.composes(after);
        }
        if (checks.contains(Check.DUE)) {
            probe.due(after);
        }
        if (checks.contains(Check.FORGET)) {
            probe.forget(after);
        }
    }

    private void cap(Outcome outcome) {
        long over = outcome.effects().stream()
                .mapToLong(effect -> effect instanceof Effect.Overshoot overshoot ? overshoot.by() : 0)
                .sum();
        long most = Math.max(rule.limit(), outcome.before().used()) + over;
        int used = outcome.state().used();
        require(Check.CAP, used <= most, () -> used + " slots are used, " + most + " may be: " + outcome.state());
    }

    private void fences(Outcome outcome) {
        Set<Long> numbers = new TreeSet<>();
        for (Effect effect : outcome.effects()) {
            if (effect instanceof Effect.Closed closed) {
                numbers.add(closed.tally().number());
            }
        }
        outcome.state().live().stream()
                .map(Live::fence)
                .filter(fence -> state.live().stream().noneMatch(it -> it.fence() == fence))
                .forEach(numbers::add);
        for (long number : numbers) {
            require(Check.FENCES, number > highest, () -> "number " + number + " was given out after " + highest);
            highest = number;
        }
    }

    private void books(Event event, Outcome outcome) {
        books = books.plus(outcome.books(event));
        State after = outcome.state();
        Out out = after.out();
        require(Check.BOOKS, books.unaccounted() == 0, () -> "unaccounted: " + books);
        require(Check.BOOKS, books.equals(model.books()), () -> books + ", expected " + model.books());
        boolean agrees = books.get(Bucket.PENDING) == after.live().size()
                && books.get(Bucket.HELD) == after.held()
                && books.get(Bucket.OWED) == (out == null ? 0 : out.held());
        require(Check.BOOKS, agrees, () -> books + " beside " + after);
    }

    private void require(Check check, boolean holds, Supplier<String> what) {
        if (!holds && checks.contains(check)) {
            throw new Fault(check, what.get());
        }
    }

    private long time(Move move) {
        long boundary = model.boundaryAfter(now).orElse(now);
        long window = rule.window() == Micros.FOREVER ? rule.idle() : rule.window();
        return switch (move.when()) {
            case SAME -> now;
            case SOON -> now + move.amount() % (2 * SECOND);
            case WITHIN -> now + move.amount() % (window + rule.lease());
            case JUST_BEFORE -> Math.max(now, boundary - 1);
            case BOUNDARY -> boundary;
            case JUST_AFTER -> boundary + 1;
            case LATER -> now + move.amount() % (10 * DAY);
            case JITTER -> now - move.amount() % (JITTER + 1);
            case BACK -> now - JITTER - 1 - move.amount() % (190 * SECOND);
        };
    }

    private Event event(Move move) {
        int pick = move.pick();
        long fence = claim(pick).fence();
        long nonce = claim(pick).nonce() + (pick % 17 == 16 ? 1 : 0);
        return switch (move.what()) {
            case OFFER -> offer(pick, Event.Settle.LATER);
            case OFFER_NOW -> offer(pick, Event.Settle.NOW);
            case OFFER_AGAIN ->
                offers.isEmpty()
                        ? offer(pick, Event.Settle.LATER)
                        : offers.get(Math.max(0, offers.size() - 1 - pick % 5));
            case COMPLETE -> new Event.Complete(fence, nonce);
            case FAIL -> new Event.Release(fence, nonce, Event.Why.FAILED);
            case GIVE_UP -> new Event.Release(fence, nonce, Event.Why.DEAD);
            case WITHDRAW -> new Event.Release(fence, nonce, Event.Why.WITHDRAWN);
            case REFUSE -> new Event.Release(fence, nonce, pick % 2 == 0 ? Event.Why.BUDGET : Event.Why.REFUSED);
            case EXTEND -> new Event.Extend(fence, nonce, now + length(move) - SECOND);
            case EVICT -> new Event.Evict(fence);
            case RESET -> new Event.Reset(OptionalDouble.empty());
            case RESET_LEVEL -> new Event.Reset(OptionalDouble.of(pick % 3));
            case REPORT -> report(move);
            case REPORT_AGAIN -> reports.isEmpty() ? report(move) : reports.get(pick % reports.size());
            case TOLD_BEFORE -> toldBefore(move);
            case IN_HAND -> inHand(move);
            case INHERIT_AGAIN -> inherited.isEmpty() ? toldBefore(move) : inherited.get(pick % inherited.size());
            case TOLD -> new Event.Told(taken.map(Out::number).orElse((long) pick));
            case TAKE, FORGET -> new Event.Take();
        };
    }

    private long length(Move move) {
        return move.amount() % (move.pick() % 3 == 0 ? DAY : 2 * rule.lease());
    }

    private Event.Offer offer(int pick, Event.Settle settle) {
        names++;
        OptionalDouble mark = pick % 3 == 0 ? OptionalDouble.of(pick / 3 % 3) : OptionalDouble.empty();
        Event.Offer offer = new Event.Offer(names * NUMBERS, names * 0xBF58476D1CE4E5B9L, mark, settle);
        offers.add(offer);
        return offer;
    }

    private Event.Report report(Move move) {
        names++;
        int held = move.pick() / 3 % 4;
        long first = now - move.amount() % (60 * SECOND);
        long last = held > 1 ? first + move.amount() % (90 * SECOND) : first;
        int done = move.pick() % 3;
        OptionalLong passed =
                done == 1 && held == 0 ? OptionalLong.of(occurrence(move.pick() / 12)) : OptionalLong.empty();
        // Some report once, under a number of their own; two go on.
        int who = move.pick() / 12 % 3;
        long reporter = who == 0 ? names * NUMBERS : who;
        Event.Report report = new Event.Report(reporter, names, passed, done, held, first, last);
        reports.add(report);
        return report;
    }

    /** Told by somebody else some time ago, or what they had in hand. */
    private Event toldBefore(Move move) {
        names++;
        boolean again = !inherited.isEmpty() && move.pick() % 3 == 0;
        if (again && inherited.get(move.pick() / 3 % inherited.size()) instanceof Event.InHandSince inHand) {
            return new Event.ToldBefore(inHand.id(), inHand.since());
        }
        Event told = new Event.ToldBefore(names * NUMBERS, ago(move, 2 * length()));
        inherited.add(told);
        return told;
    }

    private Event inHand(Move move) {
        names++;
        Event inHand =
                new Event.InHandSince(names * NUMBERS, names * 0xBF58476D1CE4E5B9L, ago(move, rule.lease() * 5 / 4));
        inherited.add(inHand);
        return inHand;
    }

    /** A time before now, by at most {@code most}; now and then one that is still to come. */
    private long ago(Move move, long most) {
        return now - move.amount() % (most + 1) + (move.pick() % 11 == 0 ? most / 2 : 0);
    }

    private long length() {
        return rule.window() == Micros.FOREVER ? rule.idle() : rule.window() + 1;
    }

    /** The id of a new occurrence, or of one that was offered to the key. */
    private long occurrence(int pick) {
        return offers.isEmpty() || pick % 2 == 0
                ? names * NUMBERS
                : offers.get(pick % offers.size()).id();
    }

    /** A claim that is live, or once was. */
    private Live claim(int pick) {
        if (!state.live().isEmpty() && pick % 4 != 0) {
            return state.live().get(pick % state.live().size());
        }
        return grants.isEmpty()
                ? new Live(pick, pick, pick, pick, false, OptionalDouble.empty())
                : grants.get(pick % grants.size());
    }
}
