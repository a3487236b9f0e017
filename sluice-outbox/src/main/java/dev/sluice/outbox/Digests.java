package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.StoreException;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Tells tallies when their window is over, without waiting for anybody to ask: takes the tally, stores its digest and
 * marks it as told, in one unit of work.
 */
final class Digests {
    private static final System.Logger LOG = System.getLogger(Digests.class.getName());
    private static final int BATCH = 256;
    private static final int MOST_ROUNDS = 40;
    private static final int MOST_WARNINGS = 100;

    /** Claims number their messages upwards from 1, passes without claims downwards from -1. */
    private static final String LAST_MESSAGE = """
            select max(id) from (
              select id from (select id from sluice_message
                where key_text = ? and number > 0 and counted <> 'tally' order by number desc limit 1)
              union all
              select id from (select id from sluice_message
                where key_text = ? and number < 0 and counted <> 'tally' order by number limit 1))""";

    private final SqlStore store;
    private final Plans plans;
    private final Deliveries deliveries;
    private final RandomGenerator random;
    private final CrashPoints crashes;
    private final Set<Key> unknown = new HashSet<>();
    private final Set<Key> failing = new HashSet<>();

    Digests(SqlStore store, Plans plans, Deliveries deliveries, RandomGenerator random, CrashPoints crashes) {
        this.store = store;
        this.plans = plans;
        this.deliveries = deliveries;
        this.random = random;
        this.crashes = crashes;
    }

    /** Tells what is due now; how many tallies that were. */
    int tellDue() {
        int told = 0;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int limit = BATCH + unknown.size() + failing.size();
            List<Key> due = Desk.await(store.due(limit));
            int failingBefore = failing.size();
            told += tell(due);
            boolean nothingWorks = failing.size() - failingBefore >= BATCH;
            if (due.size() < limit || nothingWorks) {
                break;
            }
        }
        return told;
    }

    private int tell(List<Key> due) {
        Map<Key, CompletionStage<Boolean>> told = new LinkedHashMap<>();
        for (Key key : due) {
            if (plans.rule(key).isPresent()) {
                crashes.pass(CrashPoints.Point.BEFORE_TAKE);
                told.put(key, store.transactAhead(unit -> tell(unit, key)));
            } else if (unknown.add(key)) {
                LOG.log(Level.WARNING, "{0} waits to be told, and its flow is not configured; it is kept", key);
            }
        }
        int tallies = 0;
        for (Map.Entry<Key, CompletionStage<Boolean>> each : told.entrySet()) {
            if (wasTold(each.getKey(), each.getValue())) {
                crashes.pass(CrashPoints.Point.TOLD_AFTER_COMMIT);
                tallies++;
            }
        }
        return tallies;
    }

    /** A key that cannot be told keeps no other from it; it is tried again each time, and complained of once. */
    private boolean wasTold(Key key, CompletionStage<Boolean> told) {
        try {
            boolean was = Desk.await(told);
            failing.remove(key);
            return was;
        } catch (StoreException | CompletionException e) {
            if (failing.add(key) && failing.size() <= MOST_WARNINGS) {
                LOG.log(Level.WARNING, "What {0} holds cannot be told, and is tried again: {1}", key, e.getMessage());
            }
            return false;
        }
    }

    /** Lets time pass for a key, and tells its closed tally if there is one; whether there was. */
    private boolean tell(UnitOfWork unit, Key key) throws SQLException {
        FlowPlan plan = plans.get(key);
        Rule rule = plans.rule(key).orElseThrow();
        Journal journal = new Journal(unit);
        Answer answer = journal.step(key, rule, new Event.Take()).answer();
        Optional<Out> tally = answer instanceof Answer.Taken taken ? taken.tally() : Optional.empty();
        boolean due = tally.isPresent() && rule.digest() == Digest.AT_CLOSE;
        if (due) {
            crashes.pass(CrashPoints.Point.AFTER_TAKE);
            if (plan.channels().isEmpty()) {
                tellNobody(journal, key, rule, tally.get());
            } else {
                tellByMessage(journal, key, plan, tally.get());
            }
            crashes.pass(CrashPoints.Point.TOLD_BEFORE_COMMIT);
        }
        journal.close();
        return due;
    }

    /** Without a channel there is nobody to tell: the ledger keeps it. */
    private static void tellNobody(Journal journal, Key key, Rule rule, Out tally) throws SQLException {
        journal.step(key, rule, new Event.Told(tally.number()));
        journal.move(key, Books.moved(Bucket.REPORTED, Bucket.KEPT, tally.held()));
        Samples.drop(journal.unit(), key, tally.number());
        journal.note(key, Ledger.Kind.DIGEST, tally.held() + " held; the flow has no channel to tell it");
    }

    private void tellByMessage(Journal journal, Key key, FlowPlan plan, Out tally) throws SQLException {
        UnitOfWork unit = journal.unit();
        Rule rule = plans.rule(key).orElseThrow();
        Messages.Fresh digest = digest(unit, key, plan, tally);
        Optional<Long> id = Messages.insert(unit, digest);
        if (id.isEmpty() && isDigest(Messages.find(unit, key, tally.number()))) {
            journal.step(key, rule, new Event.Told(tally.number()));
            return;
        }
        if (id.isEmpty()) {
            id = Messages.insert(unit, digest.numbered(Messages.freeNumber(unit, key)));
        }
        List<String> named = lastNamed(unit, key);
        deliveries.insert(unit, id.orElseThrow(), plan, named, random.nextLong());
        Samples.attach(unit, key, tally.number(), id.orElseThrow());
        Messages.owe(unit, id.orElseThrow(), journal.tellWithMessage(key, rule, tally.number()));
        journal.note(key, Ledger.Kind.DIGEST, "message " + id.orElseThrow() + " tells " + tally.held() + " held");
    }

    /** Anything else under the number of a tally has not told it. */
    private static boolean isDigest(Optional<Messages.Stored> message) {
        return message.filter(stored -> stored.origin().counted() == Messages.Counted.TALLY)
                .isPresent();
    }

    private static Messages.Fresh digest(UnitOfWork unit, Key key, FlowPlan plan, Out tally) throws SQLException {
        Content content = Samples.before(unit, key, tally.number()).stream()
                .findFirst()
                .map(sample -> new Content(sample.title(), sample.message(), "", "{}"))
                .orElse(new Content("", "", "", "{}"));
        return new Messages.Fresh(
                new Messages.Origin(key, tally.number(), 0, Messages.Counted.TALLY),
                Message.Kind.DIGEST,
                content,
                new Message.Tally(
                        tally.held(),
                        tally.held(),
                        Optional.of(Micros.instant(tally.first())),
                        Optional.of(Micros.instant(tally.last()))),
                new Message.Window(Micros.instant(unit.now()), Optional.empty()),
                Deliveries.giveUpAt(unit, plan));
    }

    /** Whom the last message of the key named is told what was held after it; else those whom the channels have now. */
    private static List<String> lastNamed(UnitOfWork unit, Key key) throws SQLException {
        long last = Rows.find(unit, LAST_MESSAGE, row -> row.getLong(1), key.text(), key.text())
                .orElse(0L);
        return Deliveries.named(unit, last);
    }
}
