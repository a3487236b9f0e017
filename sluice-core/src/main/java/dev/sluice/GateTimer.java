package dev.sluice;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** Tells closed tallies and forgets idle keys, in a thread of its own or when called. */
final class GateTimer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GateTimer.class.getName());
    private static final int BATCH = 100;

    private final Gate gate;
    private final Optional<DigestHandler> handler;
    private final Turns turns;
    private final Optional<Ticker> ticker;
    private final Map<Key, Long> charged = new HashMap<>();

    GateTimer(Gate gate, Optional<DigestHandler> handler, Turns turns, Optional<Duration> tick) {
        this.gate = gate;
        this.handler = handler;
        this.turns = turns;
        this.ticker = tick.map(every -> new Ticker("sluice-gate-timer", every, this::tick));
        ticker.ifPresent(Ticker::start);
    }

    /** Looks at every due key once; those that stay due, because telling fails, keep nobody else waiting. */
    synchronized int tick() {
        Set<Key> looked = new HashSet<>();
        Queue<StoreException> failures = new ArrayDeque<>();
        int told = 0;
        List<Key> due = Gate.await(gate.store().due(BATCH));
        while (!looked.containsAll(due)) {
            for (Key key : due) {
                told += looked.add(key) && tells(key, failures) ? 1 : 0;
            }
            due = Gate.await(gate.store().due(BATCH + looked.size()));
        }
        Gate.await(gate.store().forget(gate.flows(), BATCH));
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        return told;
    }

    /** A key that its store cannot give or take keeps no other from being told; it is complained of when all were. */
    private boolean tells(Key key, Queue<StoreException> failures) {
        try {
            return tell(key);
        } catch (StoreException e) {
            failures.add(e);
            return false;
        }
    }

    private boolean tell(Key key) {
        if (gate.flows().rule(key).isEmpty() || handler.isEmpty()) {
            return false;
        }
        DigestHandler who = handler.get();
        return turns.tell(
                key, () -> taken(key).filter(tally -> tell(key, tally, who)).isPresent());
    }

    private Optional<Out> taken(Key key) {
        Answer answer = Gate.await(gate.apply(key, new Event.Take())).answer();
        return answer instanceof Answer.Taken taken ? taken.tally() : Optional.empty();
    }

    private boolean tell(Key key, Out tally, DigestHandler who) {
        if (!overBudget(key, tally)) {
            try {
                who.tell(key, tally);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } catch (Exception | LinkageError | AssertionError e) {
                LOG.log(Level.WARNING, "A digest of " + key + " could not be told and will be told again", e);
                return false;
            }
        }
        Gate.await(gate.apply(key, new Event.Told(tally.number())));
        charged.remove(key);
        return true;
    }

    /** Charges the digest once, however often it must be tried; what a budget refuses of it, the budget tells. */
    private boolean overBudget(Key key, Out tally) {
        if (!gate.budgets().charge(key) || Long.valueOf(tally.number()).equals(charged.get(key))) {
            return false;
        }
        boolean refused = Gate.await(gate.budgets().digest(key, tally)).isPresent();
        if (!refused) {
            charged.put(key, tally.number());
        }
        return refused;
    }

    @Override
    public void close() {
        ticker.ifPresent(Ticker::close);
    }
}
