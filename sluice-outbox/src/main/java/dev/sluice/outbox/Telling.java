package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Tells one closed tally: by a digest of its own, less what budgets tell of it. The digest is charged to the budgets of
 * its flow, that of a budget is free.
 */
final class Telling {
    /** Claims number their messages upwards from 1, passes without claims downwards from -1. */
    private static final String LAST_MESSAGE = """
            select max(id) from (
              select id from (select id from sluice_message
                where key_text = ? and number > 0 and counted <> 'tally' order by number desc limit 1) as claims
              union all
              select id from (select id from sluice_message
                where key_text = ? and number < 0 and counted <> 'tally' order by number limit 1) as others) as messages""";

    private final Plans plans;
    private final Deliveries deliveries;
    private final Charges charges;
    private final RandomGenerator random;

    Telling(Plans plans, Deliveries deliveries, Charges charges, RandomGenerator random) {
        this.plans = plans;
        this.deliveries = deliveries;
        this.charges = charges;
        this.random = random;
    }

    /** Whether it is told by this; false if somebody else does. */
    boolean tell(Journal journal, Key key, Rule rule, Out out) throws SQLException {
        if (journal.isTold(key, out.number())) {
            return false;
        }
        HeldBefore tally = HeldBefore.of(journal.unit(), plans, deliveries, key, out);
        if (isDigest(Messages.find(journal.unit(), key, out.number()))) {
            return tally.told(journal, key, rule);
        } else if (key.flow().equals(Budget.FLOW)) {
            return tellOfBudget(journal, key, rule, tally);
        } else if (plans.get(key).channels().isEmpty()) {
            return tellNobody(journal, key, rule, tally, "the flow has no channel to tell it");
        } else if (tally.held() > 0) {
            return tellCharged(journal, key, rule, tally);
        }
        boolean told = tally.told(journal, key, rule);
        if (told) {
            toldBy(journal, key, out, tally.entrusted().keySet());
        }
        return told;
    }

    /** Anything else under the number of a tally has not told it. */
    private static boolean isDigest(Optional<Messages.Stored> message) {
        return message.filter(stored -> stored.origin().counted() == Messages.Counted.TALLY)
                .isPresent();
    }

    /** Without a channel there is nobody to tell: the ledger keeps it. */
    private static boolean tellNobody(Journal journal, Key key, Rule rule, HeldBefore tally, String why)
            throws SQLException {
        boolean told = tally.told(journal, key, rule);
        if (told) {
            journal.move(key, Books.moved(Bucket.REPORTED, Bucket.KEPT, tally.held()));
            journal.note(key, Ledger.Kind.DIGEST, tally.held() + " held; " + why);
        }
        return told;
    }

    private void toldBy(Journal journal, Key key, Out out, Collection<Key> budgets) throws SQLException {
        String by = budgets.stream().map(Telling::name).collect(Collectors.joining(" and "));
        String word = budgets.stream().allMatch(budget -> isKept(budget, key)) ? "kept" : "told";
        journal.note(key, Ledger.Kind.DIGEST, out.held() + " held, " + word + " by " + by);
    }

    private boolean isKept(Key budget, Key key) {
        return plans.isSilent(budget) || !deliveries.reaches(budget, plans.get(key));
    }

    /** A budget and what it was asked for, in words. */
    static String name(Key budget) {
        return "budget " + budget.variant() + " of " + budget.subject();
    }

    /** Where no budget lets the digest through, they tell what it would have told. */
    private boolean tellCharged(Journal journal, Key key, Rule rule, HeldBefore tally) throws SQLException {
        FlowPlan plan = plans.get(key);
        List<String> named = lastNamed(journal.unit(), key);
        List<Target> targets = deliveries.targets(plan, named);
        Charges.Result charged = charges.digest(journal, plan, key, tally, targets);
        return charged.passes()
                ? tellByMessage(journal, key, rule, tally, digest(journal.unit(), key, plan, tally), charged.left())
                : tellByBudgets(journal, key, rule, tally, charged.refusals());
    }

    private boolean tellByBudgets(Journal journal, Key key, Rule rule, HeldBefore tally, List<Charges.Refusal> refusals)
            throws SQLException {
        if (!tally.told(journal, key, rule)) {
            return false;
        }
        List<Key> budgets = refusals.stream().map(Charges.Refusal::budget).toList();
        if (budgets.stream().allMatch(budget -> isKept(budget, key))) {
            journal.move(key, Books.moved(Bucket.REPORTED, Bucket.KEPT, tally.held()));
        }
        toldBy(journal, key, tally.out(), budgets);
        return true;
    }

    /** Targets stay while more is held that goes to them. */
    private boolean tellOfBudget(Journal journal, Key key, Rule rule, HeldBefore tally) throws SQLException {
        UnitOfWork unit = journal.unit();
        List<Target> targets = deliveries.ofBudget(BudgetTargets.of(unit, key));
        boolean told = targets.isEmpty()
                ? tellNobody(journal, key, rule, tally, "no channel goes anywhere by itself, nor is there an operator")
                : tellByMessage(journal, key, rule, tally, ofBudget(unit, key, rule, tally), targets);
        if (journal.read(key).map(State::held).orElse(0L) == 0) {
            BudgetTargets.drop(unit, key);
        }
        return told;
    }

    private boolean tellByMessage(
            Journal journal, Key key, Rule rule, HeldBefore tally, Messages.Fresh digest, List<Target> targets)
            throws SQLException {
        if (!journal.tell(key, rule, tally.out())) {
            return false;
        }
        UnitOfWork unit = journal.unit();
        Optional<Long> free = Messages.insert(unit, digest, MessageState.PENDING);
        long id = free.isPresent()
                ? free.get()
                : Messages.insert(unit, digest.numbered(Messages.freeNumber(unit, key)), MessageState.PENDING)
                        .orElseThrow();
        boolean named = !lastNamed(unit, key).isEmpty();
        deliveries.insert(unit, id, plans.get(key), new Deliveries.To(targets, named), random.nextLong());
        tally.tellWith(journal, key, id);
        journal.note(key, Ledger.Kind.DIGEST, "message " + id + " tells " + tally.held() + " held");
        return true;
    }

    private static Messages.Fresh ofBudget(UnitOfWork unit, Key key, Rule rule, HeldBefore tally) {
        String title = name(key) + ": more than " + rule.allowance();
        return fresh(unit, key, OnFailure.STANDARD, tally, new Content(title, "", "", "{}"));
    }

    private static Messages.Fresh digest(UnitOfWork unit, Key key, FlowPlan plan, HeldBefore tally)
            throws SQLException {
        Content content = Samples.before(unit, key, tally.out().number()).stream()
                .findFirst()
                .map(sample -> new Content(sample.title(), sample.message(), "", "{}"))
                .orElse(new Content("", "", "", "{}"));
        return fresh(unit, key, plan.onFailure(), tally, content);
    }

    private static Messages.Fresh fresh(
            UnitOfWork unit, Key key, OnFailure onFailure, HeldBefore tally, Content content) {
        return new Messages.Fresh(
                new Messages.Origin(key, tally.out().number(), 0, Messages.Counted.TALLY),
                Message.Kind.DIGEST,
                content,
                new Message.Tally(tally.held(), tally.held(), tally.first(), tally.last()),
                new Message.Window(Micros.instant(unit.now()), Optional.empty()),
                unit.now() + Micros.of(onFailure.giveUp()));
    }

    /** Whom the last message of the key named is told what was held after it; else those whom the channels have now. */
    private static List<String> lastNamed(UnitOfWork unit, Key key) throws SQLException {
        long last = Rows.find(unit, LAST_MESSAGE, row -> row.getLong(1), key.text(), key.text())
                .orElse(0L);
        return Deliveries.named(unit, last);
    }
}
