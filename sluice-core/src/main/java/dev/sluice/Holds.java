package dev.sluice;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Keeps claims alive while their actions run, at a third of their lease: what takes longer than a lease stays alone, and
 * what ends with its process is free after one. One thread for all, begun with the first. Safe for use by many threads.
 */
final class Holds implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Parts of a lease: when a claim is renewed, and when again after the store could not answer. */
    private static final int RENEWED = 3;

    private static final int ASKED_AGAIN = 30;

    private final Gate gate;
    private final LongSupplier clock;
    private final Optional<Ticker> ticker;
    private final Set<Renewal> renewals = ConcurrentHashMap.newKeySet();
    private boolean started;
    private boolean closed;

    /**
     * @param clock microseconds of any beginning
     * @param byItself whether it looks in a thread of its own; else somebody calls {@link #look}
     */
    Holds(Gate gate, LongSupplier clock, boolean byItself) {
        this.gate = gate;
        this.clock = clock;
        this.ticker = byItself ? Optional.of(new Ticker("sluice-holds", LOOK, this::look)) : Optional.empty();
    }

    <E extends Exception> Decision hold(Key key, Holding.Action<E> action) throws E {
        Rule rule = gate.flows().require(key);
        if (!rule.exclusive()) {
            throw new IllegalArgumentException(
                    "only one holder at a time can be held, and the rule of '" + key.flow() + "' is " + rule);
        }
        // Before the offer: a lease that began later ends later than this side believes, never sooner.
        long asked = clock.getAsLong();
        Decision decision = gate.offer(key);
        if (decision.claim().isPresent()) {
            Duration lease = Micros.duration(rule.lease());
            hold(new Renewal(new Holding(gate, decision.claim().get(), lease), asked), action);
        }
        return decision;
    }

    private <E extends Exception> void hold(Renewal renewal, Holding.Action<E> action) throws E {
        start();
        renewals.add(renewal);
        gate.runClaimed(renewal.holding.claim(), () -> {
            try {
                action.run(renewal.holding);
            } finally {
                renewals.remove(renewal);
                renewal.end();
            }
        });
    }

    private synchronized void start() {
        if (!started && !closed) {
            started = true;
            ticker.ifPresent(Ticker::start);
        }
    }

    /** Renews the claims that are due. */
    void look() {
        renewals.forEach(Renewal::look);
    }

    /** Renews no more: what is held is lost after one lease, unless it ends before. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        ticker.ifPresent(Ticker::close);
        renewals.clear();
    }

    /** When a claim is renewed. The store is asked once at a time. */
    private final class Renewal {
        private final Holding holding;
        private final long lease;
        private long due;
        private boolean asking;
        private boolean ended;

        Renewal(Holding holding, long now) {
            this.holding = holding;
            this.lease = Micros.of(holding.lease());
            this.due = now + lease / RENEWED;
        }

        synchronized void look() {
            long now = clock.getAsLong();
            if (ended || asking || now < due) {
                return;
            }
            asking = true;
            due = now + lease / RENEWED;
            try {
                gate.extendAsync(holding.claim(), holding.lease()).whenComplete(this::heard);
            } catch (StoreException e) {
                heard(Settlement.OK, e);
            }
        }

        private synchronized void heard(Settlement extension, Throwable failure) {
            asking = false;
            if (failure != null) {
                due = clock.getAsLong() + lease / ASKED_AGAIN;
            } else {
                holding.heard(extension);
                ended = extension == Settlement.STALE;
            }
        }

        /** Nothing is asked from now on: the claim is about to be settled. */
        synchronized void end() {
            ended = true;
        }
    }
}
