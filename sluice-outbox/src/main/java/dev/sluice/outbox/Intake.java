package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Claim;
import dev.sluice.Command;
import dev.sluice.Decision;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Explanation;
import dev.sluice.Ids;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Reason;
import dev.sluice.Rule;
import dev.sluice.Settled;
import dev.sluice.State;
import dev.sluice.Step;
import dev.sluice.StoreException;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/** Decides an occurrence, and stores what follows from that. */
final class Intake {
    private final Plans plans;
    private final Deliveries deliveries;
    private final Charges charges;
    private final RandomGenerator random;

    Intake(Plans plans, Deliveries deliveries, Charges charges, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.charges = charges;
        this.random = random;
    }

    /**
     * What became of an occurrence.
     *
     * @param passing what is still to be done before anybody may be told
     */
    record Accepted(Acceptance answer, Optional<Passing> passing) {
        private static Accepted of(Acceptance answer) {
            return new Accepted(answer, Optional.empty());
        }
    }

    /** The step that an occurrence asks for first, if that is known; what is merely held is then answered at once. */
    Optional<Works.First<Accepted>> first(Occurrence occurrence, Event.Offer offer) {
        FlowPlan plan = plans.get(occurrence.key());
        Rule rule = plans.requireRule(occurrence.key());
        if (occurrence.request().isPresent() || plan.shadow() || isCharged(plan, rule, offer)) {
            return Optional.empty();
        }
        Command command = new Command(occurrence.key(), rule, offer);
        return Optional.of(new Works.First<>(command, outcome -> atOnce(occurrence, plan, rule, outcome)));
    }

    private static Optional<Accepted> atOnce(Occurrence occurrence, FlowPlan plan, Rule rule, Outcome outcome) {
        boolean merely = outcome.answer() instanceof Answer.Held held
                && !held.sample()
                && outcome.effects().stream().allMatch(Effect.Elsewhere.class::isInstance);
        if (!merely) {
            return Optional.empty();
        }
        Offered offered = Offered.of(occurrence, plan, rule, occurrence.key(), outcome);
        long held = offered.decision().facts().held();
        return Optional.of(
                Accepted.of(offered.answer(offered.reason().word(), held, Optional.empty(), Optional.empty())));
    }

    /**
     * The answer to an occurrence.
     *
     * @param offer made for it before, so that it is the same however often this runs
     */
    Accepted accept(Journal journal, Occurrence occurrence, Event.Offer offer) throws SQLException {
        Optional<Acceptance> before = Requests.repeated(journal.unit(), occurrence);
        if (before.isPresent()) {
            if (before.get() instanceof Acceptance.Decided) {
                journal.move(occurrence.key(), Books.only(Bucket.REPEATED, 1));
            } else {
                withdraw(journal, occurrence.key());
            }
            return Accepted.of(before.get());
        }
        Accepted accepted = decide(journal, occurrence, offer);
        if (accepted.passing().isEmpty() && accepted.answer() instanceof Acceptance.Decided decided) {
            Requests.keep(journal.unit(), occurrence, decided);
        }
        return accepted;
    }

    /** The same id came with another body, and was first: a claim that was given to this one is given back. */
    private void withdraw(Journal journal, Key key) throws SQLException {
        Rule rule = plans.requireRule(key);
        for (Outcome outcome : journal.offered(key)) {
            if (outcome.answer() instanceof Answer.Granted granted
                    && Messages.find(journal.unit(), key, granted.claim().fence())
                            .isEmpty()) {
                Live claim = granted.claim();
                journal.follow(key, rule, new Event.Release(claim.fence(), claim.nonce(), Event.Why.WITHDRAWN));
            }
        }
    }

    private Accepted decide(Journal journal, Occurrence occurrence, Event.Offer offer) throws SQLException {
        FlowPlan plan = plans.get(occurrence.key());
        Rule rule = plans.requireRule(occurrence.key());
        Offered offered = ask(journal, occurrence, plan, rule, offer);
        Event.Offer next = offer;
        for (Optional<Long> ended = withoutMessage(journal, offered);
                ended.isPresent();
                ended = withoutMessage(journal, offered)) {
            next = anew(next, ended.get());
            offered = ask(journal, occurrence, plan, rule, next);
        }
        return follow(journal, offered);
    }

    private static boolean isCharged(FlowPlan plan, Rule rule, Event.Offer offer) {
        return !plan.budgets().isEmpty() && (rule.charged() || offer.settle() == Event.Settle.NOW);
    }

    private static Offered ask(Journal journal, Occurrence occurrence, FlowPlan plan, Rule rule, Event.Offer offer)
            throws SQLException {
        boolean charged = isCharged(plan, rule, offer);
        if (plan.shadow() || charged) {
            Offered tried = tried(journal, occurrence, plan, rule, offer);
            if (plan.shadow() && tried.decision() instanceof Decision.Suppress) {
                return tried.shadowed(journal.now());
            } else if (charged && tried.outcome().answer() instanceof Answer.Passed) {
                return tried.untaken(offer);
            }
        }
        return take(journal, occurrence, plan, rule, offer);
    }

    private static Offered take(Journal journal, Occurrence occurrence, FlowPlan plan, Rule rule, Event.Offer offer)
            throws SQLException {
        Key key = occurrence.key();
        Outcome outcome = journal.step(key, rule, offer);
        if (outcome.answer() instanceof Answer.Full) {
            key = key.overflow();
            outcome = journal.step(key, rule, offer);
        }
        if (outcome.answer() instanceof Answer.Full) {
            throw new StoreException("there is no room for " + occurrence.key() + "; offer it again later");
        }
        Offered offered = Offered.of(occurrence, plan, rule, key, outcome);
        // Where others step between the trial and this, it may be held after all; in shadow it goes out even so.
        return plan.shadow() && offered.decision() instanceof Decision.Suppress
                ? offered.shadowed(journal.now())
                : offered;
    }

    /**
     * The step on a copy: the key holds nothing, and no digest tells, of what goes out in shadow; and what counts at once
     * counts nothing that a budget refuses.
     */
    private static Offered tried(Journal journal, Occurrence occurrence, FlowPlan plan, Rule rule, Event.Offer offer)
            throws SQLException {
        State state = journal.glance(occurrence.key(), rule);
        Outcome outcome = Step.apply(state, rule, offer, journal.now());
        return Offered.of(occurrence, plan, rule, occurrence.key(), outcome);
    }

    /**
     * The fence of the claim that the same id had before, if no message was made of it, so that it may be offered anew: a
     * budget refused it, its claim ended before anybody was answered, or it passed while the store of keys was away and
     * its message could not be stored.
     */
    private static Optional<Long> withoutMessage(Journal journal, Offered offered) throws SQLException {
        if (offered.plan().channels().isEmpty() || !(offered.outcome().answer() instanceof Answer.Repeated repeated)) {
            return Optional.empty();
        }
        Settled before = repeated.before();
        Optional<Messages.Stored> message = Messages.find(journal.unit(), offered.key(), before.fence());
        if (message.isPresent() && message.get().state() == MessageState.PREPARED) {
            // Without its claim it is never made ready.
            throw new StoreException("a message of " + offered.key() + " is being withdrawn; offer it again later");
        }
        return message.isPresent() ? Optional.empty() : Optional.of(before.fence());
    }

    /** The id follows from what ended, so that whoever offers the same again once more gets the same claim. */
    private static Event.Offer anew(Event.Offer offer, long ended) {
        long id = Ids.number(offer.id() + " " + ended);
        return new Event.Offer(id, offer.nonce(), offer.mark(), offer.settle(), offer.naming());
    }

    /** The offer for an occurrence: its id, and random numbers. */
    Event.Offer offer(Occurrence occurrence) {
        FlowPlan plan = plans.get(occurrence.key());
        long id = occurrence.request().map(request -> Ids.number(request.id())).orElseGet(random::nextLong);
        Event.Settle settle = plan.channels().isEmpty() ? occurrence.settle() : Event.Settle.LATER;
        Event.Naming naming = occurrence.request().isPresent() ? Event.Naming.BY_CALLER : Event.Naming.BY_PROCESS;
        OptionalDouble mark =
                occurrence.context().sighting().map(Sighting::mark).orElse(OptionalDouble.empty());
        return new Event.Offer(id, random.nextLong(), mark, settle, naming);
    }

    private Accepted follow(Journal journal, Offered offered) throws SQLException {
        if (offered.decision() instanceof Decision.Suppress suppress) {
            return Accepted.of(held(journal, offered, suppress));
        } else if (offered.outcome().answer() instanceof Answer.Repeated repeated) {
            return Accepted.of(repeated(journal, offered, repeated.before().fence()));
        }
        FlowPlan plan = offered.plan();
        List<Target> targets = plan.channels().isEmpty()
                ? List.of()
                : deliveries.targets(plan, offered.occurrence().recipients());
        Charges.Result charged = charge(journal, offered, targets);
        if (!charged.passes()) {
            return Accepted.of(refuse(journal, offered, charged));
        }
        Offered taken = offered.untaken().isPresent()
                ? take(
                        journal,
                        offered.occurrence(),
                        plan,
                        offered.rule(),
                        offered.untaken().get())
                : offered;
        if (taken.decision() instanceof Decision.Suppress suppress) {
            return Accepted.of(held(journal, taken, suppress));
        }
        countShadow(journal, taken);
        return plan.channels().isEmpty()
                ? Accepted.of(passToCaller(journal, taken, charged))
                : passToMessage(journal, taken, charged);
    }

    private static Acceptance.Decided held(Journal journal, Offered offered, Decision.Suppress suppress)
            throws SQLException {
        if (suppress.sample()) {
            sample(journal, offered, suppress);
        }
        return offered.answer(offered.reason().word(), suppress.facts().held(), Optional.empty(), Optional.empty());
    }

    private static Acceptance.Decided repeated(Journal journal, Offered offered, long number) throws SQLException {
        Optional<Acceptance.MessageRef> message =
                Messages.find(journal.unit(), offered.key(), number).map(Intake::reference);
        long held = offered.decision().facts().held();
        return offered.answer(offered.reason().word(), held, Optional.empty(), message);
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
    private Acceptance.Decided passToCaller(Journal journal, Offered offered, Charges.Result charged)
            throws SQLException {
        Passing.note(journal, offered, "", charged);
        Subjects.keep(journal.unit(), offered.occurrence());
        Optional<Claim> claim = offered.decision().claim();
        Optional<HeldBefore> before = heldBefore(journal.unit(), offered);
        long held =
                before.map(HeldBefore::held).orElse(offered.decision().facts().held());
        if (claim.isEmpty() && before.isPresent() && !before.get().told(journal, offered.key(), offered.rule())) {
            held = 0;
        }
        return offered.answer(offered.reason().word(), held, claim, Optional.empty());
    }

    /** Where its claim is not extended in the same transaction, the message is only prepared. */
    private Accepted passToMessage(Journal journal, Offered offered, Charges.Result charged) throws SQLException {
        Optional<HeldBefore> before = heldBefore(journal.unit(), offered);
        Messages.Fresh fresh = PassMessage.of(journal, offered, before);
        boolean prepared = !journal.together() && fresh.origin().counted() == Messages.Counted.CLAIM;
        Optional<Long> id =
                Messages.insert(journal.unit(), fresh, prepared ? MessageState.PREPARED : MessageState.PENDING);
        Passing passing = new Passing(offered, fresh.origin(), charged, before, extension(journal, offered, fresh));
        if (id.isEmpty()) {
            return again(journal, passing);
        }
        if (prepared && offered.again()) {
            requireKept(journal.unit(), fresh.origin());
        }
        State state = bind(journal, passing, id.get());
        Acceptance.Decided answer = answer(journal, passing, id.get(), MessageState.PENDING, state);
        if (prepared) {
            return new Accepted(answer, Optional.of(passing));
        }
        finish(journal, passing, id.get());
        return Accepted.of(answer);
    }

    /** The claim of a message that was left prepared is released, which its key may not have heard of yet. */
    private static void requireKept(UnitOfWork unit, Messages.Origin claim) throws SQLException {
        if (Posts.isReleased(unit, claim.key(), claim.number())) {
            throw new StoreException("the claim of " + claim.key() + " is being released; offer it again later");
        }
    }

    private static Event.Extend extension(Journal journal, Offered offered, Messages.Fresh fresh) {
        long until = journal.now() + Micros.of(offered.plan().onFailure().giveUp());
        return new Event.Extend(fresh.origin().number(), fresh.origin().nonce(), until);
    }

    /** The claim lasts until its message is given up; where there is none, the message itself is counted. */
    private static State bind(Journal journal, Passing passing, long id) throws SQLException {
        Offered offered = passing.offered();
        if (passing.origin().counted() == Messages.Counted.CLAIM) {
            return journal.followPrepared(id, offered.key(), offered.rule(), passing.extension(), offered.state());
        }
        journal.move(offered.key(), Books.moved(Bucket.DELIVERED, Bucket.PENDING, 1));
        return offered.state();
    }

    /** The claim has a message already: that of the same request, which came before or comes at the same time. */
    private static Accepted again(Journal journal, Passing passing) throws SQLException {
        Offered offered = passing.offered();
        Messages.Stored message = Messages.find(
                        journal.unit(), offered.key(), passing.origin().number())
                .orElseThrow();
        boolean prepared = message.state() == MessageState.PREPARED;
        MessageState state = prepared ? MessageState.PENDING : message.state();
        State bound = Step.apply(offered.state(), offered.rule(), passing.extension(), journal.now())
                .state();
        Acceptance.Decided answer = answer(journal, passing, message.id(), state, bound);
        return new Accepted(answer, prepared ? Optional.of(passing) : Optional.empty());
    }

    /** The next time is looked at anew: the claim now lasts until its message is given up. In shadow it is now. */
    private static Acceptance.Decided answer(
            Journal journal, Passing passing, long id, MessageState message, State state) {
        Offered offered = passing.offered();
        Decision.Facts facts = offered.decision().facts();
        Optional<Instant> next = offered.would().isPresent()
                ? facts.next()
                : Explanation.of(offered.key(), offered.rule(), state, journal.now())
                        .next();
        Optional<Acceptance.MessageRef> reference = Optional.of(new Acceptance.MessageRef(id, message.word()));
        return offered.answer(offered.reason().word(), facts.held(), Optional.empty(), reference)
                .at(next);
    }

    /**
     * The store of keys has answered whether the claim of a prepared message is extended.
     *
     * @return the answer to the caller; empty if the claim was lost, and the message is gone
     */
    Optional<Acceptance> end(Journal journal, Passing passing, Acceptance.Decided answer, boolean extended)
            throws SQLException {
        Occurrence occurrence = passing.offered().occurrence();
        Optional<Acceptance> before = Requests.repeated(journal.unit(), occurrence);
        if (before.isPresent()) {
            giveUp(journal, passing, before.get());
            return before;
        }
        Optional<Messages.Stored> message = message(journal, passing);
        boolean prepared = message.isPresent() && message.get().state() == MessageState.PREPARED;
        if (prepared && extended) {
            long id = message.get().id();
            Posts.deletePrepared(journal.unit(), id);
            Messages.ready(journal.unit(), id);
            finish(journal, passing, id);
        } else if (prepared) {
            drop(journal, message.get().id());
        }
        if (message.isEmpty() || (prepared && !extended)) {
            return Optional.empty();
        }
        Requests.keep(journal.unit(), occurrence, answer);
        return Optional.of(answer);
    }

    /** Another call of the same id was answered first: with another body, or by another server while this one waited. */
    private static void giveUp(Journal journal, Passing passing, Acceptance first) throws SQLException {
        Optional<Messages.Stored> message = message(journal, passing);
        boolean ours = first instanceof Acceptance.Decided decided
                && decided.message().isPresent()
                && message.isPresent()
                && decided.message().get().id() == message.get().id();
        if (ours || message.isEmpty() || message.get().state() != MessageState.PREPARED) {
            return;
        }
        drop(journal, message.get().id());
        if (!isReported(first)) {
            Offered offered = passing.offered();
            Event.Extend claim = passing.extension();
            Event back = new Event.Release(claim.fence(), claim.nonce(), Event.Why.WITHDRAWN);
            journal.follow(offered.key(), offered.rule(), back);
        }
    }

    /** Whether it passed without the store of keys: the report of that, which has the same id, completes the claim. */
    private static boolean isReported(Acceptance first) {
        return first instanceof Acceptance.Decided decided
                && decided.message().isPresent()
                && (decided.reason().equals(Reason.LOCAL.word())
                        || decided.reason().equals(Reason.OPEN.word()));
    }

    private static Optional<Messages.Stored> message(Journal journal, Passing passing) throws SQLException {
        return Messages.lock(
                journal.unit(), passing.offered().key(), passing.origin().number());
    }

    private static void drop(Journal journal, long message) throws SQLException {
        Posts.deletePrepared(journal.unit(), message);
        Messages.deletePrepared(journal.unit(), message);
    }

    private void finish(Journal journal, Passing passing, long id) throws SQLException {
        passing.tell(journal, id);
        Offered offered = passing.offered();
        boolean named = !offered.occurrence().recipients().isEmpty();
        Occurrence.Context context = offered.occurrence().context();
        Deliveries.To to = new Deliveries.To(passing.charged().left(), named, context);
        deliveries.insert(journal.unit(), id, offered.plan(), to, random.nextLong());
        WriteBackRows.note(journal.unit(), offered.plan(), id, MessageState.PENDING);
        if (offered.plan().watched().isPresent() && context.sighting().isPresent()) {
            EpisodeRows.tell(
                    journal.unit(),
                    offered.occurrence().key(),
                    context.sighting().get(),
                    id);
        }
    }

    private Optional<HeldBefore> heldBefore(UnitOfWork unit, Offered offered) throws SQLException {
        var out = offered.decision().facts().heldBefore();
        return out.isPresent()
                ? Optional.of(HeldBefore.of(unit, plans, deliveries, offered.key(), out.get()))
                : Optional.empty();
    }

    /** Who has the claim already was charged for it, unless its process ended before it wrote down anything. */
    private Charges.Result charge(Journal journal, Offered offered, List<Target> targets) throws SQLException {
        boolean before = offered.again()
                && (journal.together()
                        || Messages.find(journal.unit(), offered.key(), fence(offered))
                                .isPresent());
        return before ? new Charges.Result(targets, List.of(), true) : charges.occurrence(journal, offered, targets);
    }

    private static long fence(Offered offered) {
        return offered.decision().claim().map(Claim::fence).orElse(0L);
    }

    /** What budgets refused is held by its key, of whose window it uses nothing, and told by the budget. */
    private Acceptance.Decided refuse(Journal journal, Offered offered, Charges.Result charged) throws SQLException {
        long now = journal.now();
        Event held = offered.decision()
                .claim()
                .<Event>map(claim -> new Event.Release(claim.fence(), claim.nonce(), Event.Why.BUDGET))
                .orElseGet(() -> Event.Report.held(random.nextLong(), 1, now, now));
        State state = journal.follow(offered.key(), offered.rule(), held, offered.taken());
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

    private static Acceptance.MessageRef reference(Messages.Stored message) {
        return new Acceptance.MessageRef(message.id(), message.state().word());
    }
}
