package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Out;
import dev.sluice.Rule;
import dev.sluice.StoreException;
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

/**
 * Tells tallies when their window is over, without waiting for anybody to ask: takes the tally, stores its digest and
 * marks it as told, in one work.
 */
final class Digests {
    private static final System.Logger LOG = System.getLogger(Digests.class.getName());
    private static final int BATCH = 256;
    private static final int MOST_ROUNDS = 40;
    private static final int MOST_WARNINGS = 100;

    private final Works works;
    private final Plans plans;
    private final Telling telling;
    private final Damage damage;
    private final CrashPoints crashes;
    private final Set<Key> unknown = new HashSet<>();
    private final Set<Key> failing = new HashSet<>();

    Digests(Works works, Plans plans, Telling telling, Damage damage, CrashPoints crashes) {
        this.works = works;
        this.plans = plans;
        this.telling = telling;
        this.damage = damage;
        this.crashes = crashes;
    }

    /** Tells what is due now; how many tallies that were. */
    int tellDue() {
        int told = 0;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int limit = BATCH + unknown.size() + failing.size();
            List<Key> due = Desk.await(works.keys().due(limit));
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
            Optional<Rule> rule = plans.rule(key);
            if (rule.isPresent()) {
                crashes.pass(CrashPoints.Point.BEFORE_TAKE);
                Command take = new Command(key, rule.get(), new Event.Take());
                told.put(key, works.runAhead(Works.First.of(take), journal -> tell(journal, key)));
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
            damage.look(e);
            if (failing.add(key) && failing.size() <= MOST_WARNINGS) {
                LOG.log(Level.WARNING, "What {0} holds cannot be told, and is tried again: {1}", key, e.getMessage());
            }
            return false;
        }
    }

    /** Lets time pass for a key, and tells its closed tally if there is one; whether there was. */
    private boolean tell(Journal journal, Key key) throws SQLException {
        Rule rule = plans.rule(key).orElseThrow();
        Answer answer = journal.step(key, rule, new Event.Take()).answer();
        Optional<Out> tally = answer instanceof Answer.Taken taken ? taken.tally() : Optional.empty();
        if (tally.isEmpty() || rule.digest() != Digest.AT_CLOSE) {
            return false;
        }
        crashes.pass(CrashPoints.Point.AFTER_TAKE);
        boolean told = telling.tell(journal, key, rule, tally.get());
        crashes.pass(CrashPoints.Point.TOLD_BEFORE_COMMIT);
        return told;
    }
}
