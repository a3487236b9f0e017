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
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Settled;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/** Decides an occurrence, and stores what follows from that: all in one unit of work. */
final class Intake {
    private final Plans plans;
    private final Deliveries deliveries;
    private final Charges charges;
    private final BookKeeping books;
    private final RandomGenerator random;

    Intake(Plans plans, Deliveries deliveries, Charges charges, BookKeeping books, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.charges = charges;
        this.books = books;
        this.random = random;
    }

    /** The answer to an occurrence. */
    Acceptance accept(UnitOfWork unit, Occurrence occurrence) throws SQLException {
        Optional<Acceptance> before = Requests.repeated(unit, occurrence);
        if (before.isPresent()) {
            if (before.get() instanceof Acceptance.Decided) {
                books.add(unit, occurrence.key().flow(), Books.only(Bucket.REPEATED, 1));
            }
            return before.get();
        }
        Journal journal = books.journal(unit);
        Acceptance.Decided answer = decide(journal, occurrence);
        Requests.keep(unit, occurrence, answer);
        journal.close();
        return answer;
    }

    private Acceptance.Decided decide(Journal journal, Occurrence occurrence) throws SQLException {
        FlowPlan plan = plans.get(occurrence.key());
        Rule rule = plans.requireRule(occurrence.key());
        Event.Offer offer = offer(occurrence, plan);
        Offered offered = ask(journal, occurrence, plan, rule, offer);
        if (wasRefused(journal, offered)) {
            offered = ask(journal, occurrence, plan, rule, named(offer, random.nextLong()));
        }
        return follow(journal, offered);
    }

    private static Offered ask(Journal journal, Occurrence occurrence, FlowPlan plan, Rule rule, Event.Offer offer)
            throws SQLException {
        boolean charged = !plan.budgets().isEmpty() && (rule.charged() || offer.settle() == Event.Settle.NOW);
        if (plan.shadow() || charged) {
            Offered tried = tried(journal.unit(), occurrence, plan, rule, offer);
            if (plan.shadow() && tried.decision() instanceof Decision.Suppress) {
                return tried.shadowed(journal.unit().now());
            } else if (charged && tried.outcome().answer() instanceof Answer.Passed) {
                return tried.untaken(offer);
            }
        }
        Key key = occurrence.key();
        Outcome outcome = journal.step(key, rule, offer);
        if (outcome.answer() instanceof Answer.Full) {
            key = key.overflow();
            outcome = journal.step(key, rule, offer);
        }
        return Offered.of(occurrence, plan, rule, key, outcome);
    }

    /**
     * The step on a copy: the key holds nothing, and no digest tells, of what goes out in shadow; and what counts at once
     * counts nothing that a budget refuses.
     */
    private static Offered tried(UnitOfWork unit, Occurrence occurrence, FlowPlan plan, Rule rule, Event.Offer offer)
            throws SQLException {
        State state = unit.read(occurrence.key()).orElse(State.EMPTY);
        Outcome outcome = Step.apply(state, rule, offer, unit.now());
        return Offered.of(occurrence, plan, rule, occurrence.key(), outcome);
    }

    /** Whether the same id came before and a budget refused it: no message was made, so it may be offered anew. */
    private static boolean wasRefused(Journal journal, Offered offered) throws SQLException {
        return !offered.plan().channels().isEmpty()
                && offered.outcome().answer() instanceof Answer.Repeated repeated
                && repeated.before().end() == Settled.End.BACK
                && Messages.find(
                                journal.unit(), offered.key(), repeated.before().fence())
                        .isEmpty();
    }

    private Event.Offer offer(Occurrence occurrence, FlowPlan plan) {
        long id = occurrence.request().map(request -> Ids.number(request.id())).orElseGet(random::nextLong);
        Event.Settle settle = plan.channels().isEmpty() ? occurrence.settle() : Event.Settle.LATER;
        return new Event.Offer(id, random.nextLong(), OptionalDouble.empty(), settle);
    }

    private static Event.Offer named(Event.Offer offer, long id) {
        return new Event.Offer(id, offer.nonce(), offer.mark(), offer.settle());
    }

    private Acceptance.Decided follow(Journal journal, Offered offered) throws SQLException {
        String reason = offered.reason().word();
        long held = offered.decision().facts().held();
        if (offered.decision() instanceof Decision.Suppress suppress) {
            if (suppress.sample()) {
                sample(journal, offered, suppress);
            }
            return offered.answer(reason, held, Optional.empty(), Optional.empty());
        }
        if (offered.outcome().answer() instanceof Answer.Repeated repeated) {
            long number = repeated.before().fence();
            return offered.answer(reason, held, Optional.empty(), reference(journal, offered.key(), number));
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
        Charges.Result charged = charge(journal, offered, List.of());
        if (!charged.passes()) {
            return refuse(journal, offered, charged);
        }
        countShadow(journal, offered);
        notePass(journal, offered, "", charged);
        Subjects.keep(journal.unit(), offered.occurrence());
        Optional<Claim> claim = offered.decision().claim();
        Optional<HeldBefore> before = heldBefore(journal.unit(), offered);
        if (claim.isEmpty() && before.isPresent()) {
            before.get().told(journal, offered.key(), offered.rule());
        }
        long held =
                before.map(HeldBefore::held).orElse(offered.decision().facts().held());
        return offered.answer(reason, held, claim, Optional.empty());
    }

    private Acceptance.Decided passToMessage(Journal journal, Offered offered, String reason) throws SQLException {
        UnitOfWork unit = journal.unit();
        List<Target> targets =
                deliveries.targets(offered.plan(), offered.occurrence().recipients());
        Charges.Result charged = charge(journal, offered, targets);
        if (!charged.passes()) {
            return refuse(journal, offered, charged);
        }
        countShadow(journal, offered);
        Optional<HeldBefore> before = heldBefore(unit, offered);
        Messages.Fresh fresh = PassMessage.of(unit, offered, before);
        Optional<Long> id = Messages.insert(unit, fresh);
        if (id.isPresent()) {
            store(journal, offered, fresh, id.get(), before);
            notePass(journal, offered, "message " + id.get() + ", ", charged);
            boolean named = !offered.occurrence().recipients().isEmpty();
            deliveries.insert(unit, id.get(), offered.plan(), charged.left(), named, random.nextLong());
        }
        Optional<Acceptance.MessageRef> message =
                reference(journal, offered.key(), fresh.origin().number());
        long held = offered.decision().facts().held();
        return offered.answer(reason, held, Optional.empty(), message).at(next(unit, offered));
    }

    /** Looked at anew: the claim now lasts until its message is given up, not for a lease. In shadow it is now. */
    private static Optional<Instant> next(UnitOfWork unit, Offered offered) throws SQLException {
        if (offered.would().isPresent()) {
            return offered.decision().facts().next();
        }
        return unit.read(offered.key())
                .flatMap(state -> Explanation.of(offered.key(), offered.rule(), state, unit.now())
                        .next());
    }

    private static void store(
            Journal journal, Offered offered, Messages.Fresh fresh, long id, Optional<HeldBefore> before)
            throws SQLException {
        Messages.Origin origin = fresh.origin();
        if (origin.counted() == Messages.Counted.CLAIM) {
            Event extend = new Event.Extend(origin.number(), origin.nonce(), fresh.giveUpAt());
            journal.step(offered.key(), offered.rule(), extend);
        } else {
            journal.move(offered.key(), Books.moved(Bucket.DELIVERED, Bucket.PENDING, 1));
        }
        if (before.isPresent()) {
            before.get().tellWith(journal, offered.key(), offered.rule(), id);
        }
        Subjects.keep(journal.unit(), offered.occurrence());
    }

    private Optional<HeldBefore> heldBefore(UnitOfWork unit, Offered offered) throws SQLException {
        var out = offered.decision().facts().heldBefore();
        return out.isPresent()
                ? Optional.of(HeldBefore.of(unit, plans, deliveries, offered.key(), out.get()))
                : Optional.empty();
    }

    /** Who has the claim already was charged for it. A step that was only tried is taken once budgets let it pass. */
    private Charges.Result charge(Journal journal, Offered offered, List<Target> targets) throws SQLException {
        if (offered.again()) {
            return new Charges.Result(targets, List.of(), true);
        }
        Charges.Result charged = charges.occurrence(journal, offered, targets);
        if (charged.passes() && offered.untaken().isPresent()) {
            journal.step(offered.key(), offered.rule(), offered.untaken().get());
        }
        return charged;
    }

    /** What budgets refused is held by its key, of whose window it uses nothing, and told by the budget. */
    private Acceptance.Decided refuse(Journal journal, Offered offered, Charges.Result charged) throws SQLException {
        long now = journal.unit().now();
        Event held = offered.decision()
                .claim()
                .<Event>map(claim -> new Event.Release(claim.fence(), claim.nonce(), Event.Why.BUDGET))
                .orElseGet(() -> new Event.Report(random.nextLong(), 0, 1, now, now));
        State state = journal.step(offered.key(), offered.rule(), held).state();
        Charges.Refusal last = charged.refusals().get(charged.refusals().size() - 1);
        if (state.held() > 0) {
            Entrusted.note(journal.unit(), offered.key(), state, last.budget());
        }
        return offered.refused(last, state);
    }

    /** Out of turn, in no window: counted as it goes out, and beside the books. */
    private static void countShadow(Journal journal, Offered offered) {
        if (offered.would().isPresent()) {
            journal.move(
                    offered.key(),
                    Books.only(Bucket.IN, 1).with(Bucket.DELIVERED, 1).with(Bucket.SHADOWED, 1));
        }
    }

    private static void notePass(Journal journal, Offered offered, String message, Charges.Result charged)
            throws SQLException {
        boolean summary = offered.decision() instanceof Decision.Summary;
        StringBuilder detail = new StringBuilder("%soccurrence %d, %d of %d used under %s"
                .formatted(
                        message,
                        offered.decision().facts().occurrences(),
                        offered.state().used(),
                        offered.rule().limit(),
                        offered.rule().allowance()));
        offered.would()
                .ifPresent(reason ->
                        detail.append(", in shadow: would be held for ").append(reason.word()));
        charged.refusals()
                .forEach(refusal -> detail.append(", refused in part by ").append(Telling.name(refusal.budget())));
        journal.note(offered.key(), summary ? Ledger.Kind.SUMMARY : Ledger.Kind.PASS, detail.toString());
    }

    private static Optional<Acceptance.MessageRef> reference(Journal journal, Key key, long number)
            throws SQLException {
        return Messages.find(journal.unit(), key, number)
                .map(message ->
                        new Acceptance.MessageRef(message.id(), message.state().word()));
    }
}
