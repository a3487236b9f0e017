package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Claim;
import dev.sluice.Decision;
import dev.sluice.Event;
import dev.sluice.Explanation;
import dev.sluice.Ids;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Outcome;
import dev.sluice.Reason;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/** Decides an occurrence, and stores what follows from that: all in one unit of work. */
final class Intake {
    private final Plans plans;
    private final Deliveries deliveries;
    private final RandomGenerator random;

    Intake(Plans plans, Deliveries deliveries, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.random = random;
    }

    /** The answer to an occurrence. */
    Acceptance accept(UnitOfWork unit, Occurrence occurrence) throws SQLException {
        Optional<Acceptance> before = Requests.repeated(unit, occurrence);
        if (before.isPresent()) {
            if (before.get() instanceof Acceptance.Decided) {
                BookKeeping.add(unit, occurrence.key().flow(), Books.only(Bucket.REPEATED, 1));
            }
            return before.get();
        }
        Journal journal = new Journal(unit);
        Acceptance.Decided answer = decide(journal, occurrence);
        Requests.keep(unit, occurrence, answer);
        journal.close();
        return answer;
    }

    private Acceptance.Decided decide(Journal journal, Occurrence occurrence) throws SQLException {
        FlowPlan plan = plans.get(occurrence.key());
        Rule rule = plans.requireRule(occurrence.key());
        Event.Offer offer = offer(occurrence, plan);
        Key key = occurrence.key();
        Outcome outcome = journal.step(key, rule, offer);
        boolean full = outcome.answer() instanceof Answer.Full;
        if (full) {
            key = key.overflow();
            outcome = journal.step(key, rule, offer);
        }
        Offered offered = new Offered(occurrence, plan, rule, key, outcome, Decision.of(key, rule, outcome));
        String reason = full
                ? Reason.OVERFLOW.word()
                : offered.decision().facts().reason().word();
        return follow(journal, offered, reason);
    }

    /** An occurrence with the step that decided it; {@code key} is the one that was asked in the end. */
    private record Offered(
            Occurrence occurrence, FlowPlan plan, Rule rule, Key key, Outcome outcome, Decision decision) {
        State state() {
            return outcome.state();
        }

        String word() {
            return decision instanceof Decision.Suppress
                    ? "suppress"
                    : decision instanceof Decision.Summary ? "summary" : "pass";
        }
    }

    private Event.Offer offer(Occurrence occurrence, FlowPlan plan) {
        long id = occurrence.request().map(request -> Ids.number(request.id())).orElseGet(random::nextLong);
        Event.Settle settle = plan.channels().isEmpty() ? occurrence.settle() : Event.Settle.LATER;
        return new Event.Offer(id, random.nextLong(), OptionalDouble.empty(), settle);
    }

    private Acceptance.Decided follow(Journal journal, Offered offered, String reason) throws SQLException {
        if (offered.decision() instanceof Decision.Suppress suppress) {
            if (suppress.sample()) {
                sample(journal, offered, suppress);
            }
            return answer(offered, reason, suppress.facts().held(), Optional.empty(), Optional.empty());
        }
        if (offered.outcome().answer() instanceof Answer.Repeated repeated) {
            return answer(
                    offered,
                    reason,
                    offered.decision().facts().held(),
                    Optional.empty(),
                    reference(journal, offered.key(), repeated.before().fence()));
        }
        return offered.plan().channels().isEmpty()
                ? passToCaller(journal, offered, reason)
                : passToMessage(journal, offered, reason);
    }

    private static void sample(Journal journal, Offered offered, Decision.Suppress suppress) throws SQLException {
        long fence = offered.state().fence();
        Samples.keep(
                journal.unit(),
                offered.key(),
                fence,
                suppress.facts().held(),
                offered.occurrence().content());
        Subjects.keep(journal.unit(), offered.occurrence());
    }

    /** The caller sends by itself, and settles the claim; what the pass is to tell is in the answer as held. */
    private Acceptance.Decided passToCaller(Journal journal, Offered offered, String reason) throws SQLException {
        Decision.Facts facts = offered.decision().facts();
        notePass(journal, offered, "");
        Subjects.keep(journal.unit(), offered.occurrence());
        Optional<Claim> claim = offered.decision().claim();
        long held = facts.heldBefore().map(Out::held).orElse(facts.held());
        if (claim.isEmpty() && facts.heldBefore().isPresent()) {
            journal.step(
                    offered.key(),
                    offered.rule(),
                    new Event.Told(facts.heldBefore().get().number()));
            Samples.drop(journal.unit(), offered.key(), facts.heldBefore().get().number());
        }
        return answer(offered, reason, held, claim, Optional.empty());
    }

    private Acceptance.Decided passToMessage(Journal journal, Offered offered, String reason) throws SQLException {
        UnitOfWork unit = journal.unit();
        Messages.Fresh fresh = message(unit, offered);
        Optional<Long> id = Messages.insert(unit, fresh);
        if (id.isPresent()) {
            store(journal, offered, fresh, id.get());
        }
        Acceptance.Decided answer = answer(
                offered,
                reason,
                offered.decision().facts().held(),
                Optional.empty(),
                reference(journal, offered.key(), fresh.origin().number()));
        return new Acceptance.Decided(
                answer.word(),
                reason,
                answer.key(),
                answer.counts(),
                next(unit, offered),
                Optional.empty(),
                answer.message());
    }

    /** Looked at anew: the claim now lasts until its message is given up, not for a lease. */
    private static Optional<Instant> next(UnitOfWork unit, Offered offered) throws SQLException {
        return unit.read(offered.key())
                .flatMap(state -> Explanation.of(offered.key(), offered.rule(), state, unit.now())
                        .next());
    }

    private void store(Journal journal, Offered offered, Messages.Fresh fresh, long id) throws SQLException {
        UnitOfWork unit = journal.unit();
        Messages.Origin origin = fresh.origin();
        if (origin.counted() == Messages.Counted.CLAIM) {
            Event extend = new Event.Extend(origin.number(), origin.nonce(), fresh.giveUpAt());
            journal.step(offered.key(), offered.rule(), extend);
        } else {
            journal.move(offered.key(), Books.moved(Bucket.DELIVERED, Bucket.PENDING, 1));
        }
        Optional<Out> before = offered.decision().facts().heldBefore();
        if (before.isPresent()) {
            Messages.owe(
                    unit,
                    id,
                    journal.tellWithMessage(
                            offered.key(), offered.rule(), before.get().number()));
            Samples.attach(unit, offered.key(), before.get().number(), id);
        }
        deliveries.insert(unit, id, offered.plan(), offered.occurrence().recipients(), random.nextLong());
        notePass(journal, offered, "message " + id + ", ");
        Subjects.keep(unit, offered.occurrence());
    }

    private static Messages.Fresh message(UnitOfWork unit, Offered offered) throws SQLException {
        Decision.Facts facts = offered.decision().facts();
        Optional<Out> before = facts.heldBefore();
        Message.Tally tally = new Message.Tally(
                facts.occurrences(),
                before.map(Out::held).orElse(0L),
                before.map(out -> Micros.instant(out.first())),
                before.map(out -> Micros.instant(out.last())));
        Message.Window window = new Message.Window(Micros.instant(unit.now()), heldUntil(offered, unit.now()));
        return new Messages.Fresh(
                origin(unit, offered),
                kind(offered),
                offered.occurrence().content(),
                tally,
                window,
                Deliveries.giveUpAt(unit, offered.plan()));
    }

    private static Message.Kind kind(Offered offered) {
        if (offered.plan().notices()) {
            return Message.Kind.NOTICE;
        }
        return offered.decision() instanceof Decision.Summary ? Message.Kind.SUMMARY : Message.Kind.PASS;
    }

    /** A pass without a claim has no fence. */
    private static Messages.Origin origin(UnitOfWork unit, Offered offered) throws SQLException {
        Optional<Claim> claim = offered.decision().claim();
        if (claim.isPresent()) {
            return new Messages.Origin(
                    offered.key(), claim.get().fence(), claim.get().nonce(), Messages.Counted.CLAIM);
        }
        long number = Messages.freeNumber(unit, offered.key());
        return new Messages.Origin(offered.key(), number, 0, Messages.Counted.MESSAGE);
    }

    /** On the last pass of a window: its end, or where that will be if this pass opens it. */
    private static Optional<Instant> heldUntil(Offered offered, long now) {
        Rule rule = offered.rule();
        State state = offered.state();
        if (state.used() < rule.limit() || rule.exclusive() || rule.window() == Micros.FOREVER) {
            return Optional.empty();
        }
        return Micros.maybe((state.done() > 0 ? state.start() : now) + rule.window());
    }

    private static void notePass(Journal journal, Offered offered, String message) throws SQLException {
        Decision.Facts facts = offered.decision().facts();
        boolean summary = offered.decision() instanceof Decision.Summary;
        journal.note(
                offered.key(),
                summary ? Ledger.Kind.SUMMARY : Ledger.Kind.PASS,
                "%soccurrence %d, %d of %d used under %s"
                        .formatted(
                                message,
                                facts.occurrences(),
                                offered.state().used(),
                                offered.rule().limit(),
                                offered.rule().allowance()));
    }

    private static Optional<Acceptance.MessageRef> reference(Journal journal, Key key, long number)
            throws SQLException {
        return Messages.find(journal.unit(), key, number)
                .map(message ->
                        new Acceptance.MessageRef(message.id(), message.state().word()));
    }

    private static Acceptance.Decided answer(
            Offered offered, String reason, long held, Optional<Claim> claim, Optional<Acceptance.MessageRef> message) {
        Decision.Facts facts = offered.decision().facts();
        Acceptance.Counts counts = new Acceptance.Counts(facts.occurrences(), facts.delivered(), held);
        return new Acceptance.Decided(offered.word(), reason, offered.key(), counts, facts.next(), claim, message);
    }
}
