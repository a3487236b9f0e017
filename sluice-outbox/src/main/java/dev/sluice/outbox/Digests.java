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
import java.util.HashMap;
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

    /**
     * So many are told at once. What a budget refuses of a digest is reported to its key, which remembers 64 reporters:
     * if the commits of these fail, they are repeated before so many others have reported that they are forgotten.
     */
    private static final int AT_ONCE = 32;

    /** A key that failed so often in a row holds up no others. */
    private static final int HOPELESS = 8;

    private static final int MOST_WARNINGS = 100;

    private final Works works;
    private final Plans plans;
    private final Telling telling;
    private final Damage damage;
    private final CrashPoints crashes;
    private final Set<Key> unknown = new HashSet<>();
    private final Map<Key, Integer> failing = new HashMap<>();

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
            Round all = tellAll(due);
            told += all.told;
            if (due.size() < limit || all.broken) {
                break;
            }
        }
        return told;
    }

    /** @param broken whether it ended early, because commits fail */
    private record Round(int told, boolean broken) {}

    private Round tellAll(List<Key> due) {
        int told = 0;
        for (int from = 0; from < due.size(); from += AT_ONCE) {
            List<Key> some = due.subList(from, Math.min(due.size(), from + AT_ONCE));
            told += tell(some);
            List<Key> failed = some.stream().filter(failing::containsKey).toList();
            boolean all = failed.size() == some.size();
            if (all || failed.stream().anyMatch(key -> failing.getOrDefault(key, 0) < HOPELESS)) {
                return new Round(told, true);
            }
        }
        return new Round(told, false);
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
            if (failing.merge(key, 1, Integer::sum) == 1 && failing.size() <= MOST_WARNINGS) {
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
