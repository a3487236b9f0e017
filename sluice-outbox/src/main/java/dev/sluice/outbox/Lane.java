package dev.sluice.outbox;

import dev.sluice.StoreException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Delivers over one channel, with threads of its own: a slow channel holds up none but itself. */
final class Lane {
    private static final System.Logger LOG = System.getLogger(Lane.class.getName());

    /** How long a channel may take to notice that it was interrupted. */
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

    private final String name;
    private final Channel channel;
    private final Desk desk;
    private final Rest rest;
    private final Semaphore wakes = new Semaphore(0);
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile int workers;
    private volatile boolean stopping;

    Lane(String name, Channel channel, Desk desk) {
        this.name = name;
        this.channel = channel;
        this.desk = desk;
        this.rest = new Rest(desk.now());
    }

    /** Whether the channel can be reached. */
    Reach reach() {
        return rest.reach(name);
    }

    /** A call of the channel that is under way. */
    private record Call(Thread thread, long until) {}

    /** What became of an attempt, and the stage that tells when that is written down. */
    private record Result(Attempt attempt, Tried tried, CompletionStage<List<Settling.Ended>> written) {}

    void start(int count) {
        workers = count;
        for (int i = 1; i <= count; i++) {
            Thread thread = new Thread(this::work, "sluice-deliver-" + name + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Something may be due: sends an idle worker to look. */
    void wake() {
        if (wakes.availablePermits() < workers) {
            wakes.release();
        }
    }

    private void work() {
        while (!stopping) {
            wakes.acquireUninterruptibly();
            try {
                deliverAll();
            } catch (StoreException e) {
                LOG.log(Level.DEBUG, "A delivery over " + name + " could not be tried; it will be later", e);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "A delivery over " + name + " could not be tried; it will be later", e);
            }
        }
    }

    /** One after the other, until nothing is due. What the last one gave is written in the commit that leases the next. */
    private void deliverAll() {
        Optional<Result> last = Optional.empty();
        while (!stopping) {
            Optional<Attempt> next;
            try {
                next = lease();
            } finally {
                last.ifPresent(this::finish);
            }
            last = next.map(this::attempt);
            if (last.isEmpty()) {
                return;
            }
        }
        last.ifPresent(this::finish);
    }

    /** Makes the next attempt that is due, in the calling thread; whether there was one. */
    boolean deliverNext() {
        Optional<Attempt> next = lease();
        next.map(this::attempt).ifPresent(this::finish);
        return next.isPresent();
    }

    private Optional<Attempt> lease() {
        return rest.resting(desk.now()) ? Optional.empty() : desk.lease(name);
    }

    private Result attempt(Attempt attempt) {
        desk.crashes().pass(CrashPoints.Point.BEFORE_SEND);
        long started = desk.now();
        Tried tried = tryLooking(attempt);
        if (tried instanceof Tried.Given given) {
            if (given.receipt() instanceof Receipt.Unreachable unreachable) {
                rest.unreachable(started, desk.now(), unreachable.why());
            } else {
                rest.reached(desk.now());
            }
        }
        return new Result(attempt, tried, desk.record(attempt, tried));
    }

    private Tried tryOnce(Attempt attempt) {
        Optional<Duration> left = desk.begin(attempt);
        return left.isPresent() ? new Tried.Given(send(attempt, attempt.outgoing(left.get()))) : new Tried.NotBegun();
    }

    private Tried tryLooking(Attempt attempt) {
        Lookup.Found found = called(attempt, () -> desk.lookup().ask(attempt));
        if (found instanceof Lookup.Found.To some) {
            return desk.assign(attempt, some.addresses())
                    .map(recipient -> tryOnce(attempt.to(recipient)))
                    .orElseGet(Tried.Superfluous::new);
        }
        return found instanceof Lookup.Found.Stays stays ? stays.because() : tryOnce(attempt);
    }

    private Receipt send(Attempt attempt, Outgoing outgoing) {
        try {
            return called(attempt, () -> channel.send(outgoing));
        } catch (Exception | LinkageError | AssertionError e) {
            LOG.log(Level.WARNING, "Channel " + name + " failed in the middle of an attempt", e);
            return new Receipt.Unknown(e.toString());
        } finally {
            desk.crashes().pass(CrashPoints.Point.AFTER_SEND);
        }
    }

    /** Calls what may hang: the thread is interrupted when the lease of the attempt ends. */
    private <T> T called(Attempt attempt, Supplier<T> calling) {
        Call call = new Call(Thread.currentThread(), attempt.until());
        calls.add(call);
        try {
            return calling.get();
        } finally {
            endCall(call);
        }
    }

    /** After this nobody interrupts the thread for the sake of the call. */
    private void endCall(Call call) {
        synchronized (call) {
            calls.remove(call);
        }
        if (!stopping) {
            Thread.interrupted();
        }
    }

    /** Interrupts calls that hang beyond the lease of their attempt. */
    void interruptOverdue(long now) {
        for (Call call : calls) {
            synchronized (call) {
                if (call.until() <= now && calls.contains(call)) {
                    call.thread().interrupt();
                }
            }
        }
    }

    /** What the receiver said must be written down; while the database is away that waits, and the lease runs. */
    private void finish(Result result) {
        CompletionStage<List<Settling.Ended>> written = result.written();
        while (true) {
            try {
                desk.recorded(result.attempt(), result.tried(), written);
                return;
            } catch (StoreException e) {
                LOG.log(
                        Level.WARNING,
                        "The outcome of a delivery over {0} could not be recorded, and waits: {1}",
                        name,
                        e.getMessage());
                if (workers == 0 || stopping || !pause()) {
                    throw e;
                }
                written = desk.record(result.attempt(), result.tried());
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(Desk.PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes up no further delivery; {@link #join} then waits for those that run. */
    void stop() {
        stopping = true;
        wakes.release(workers);
    }

    /** Waits until {@code deadline} in {@link System#nanoTime} for running attempts, then interrupts them. */
    void join(long deadline) throws InterruptedException {
        for (Thread thread : threads) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left > 0) {
                thread.join(left);
            }
        }
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join(AFTER_INTERRUPT.toMillis());
            if (thread.isAlive()) {
                LOG.log(Level.WARNING, "Channel {0} does not end its attempt, and is left alone with it", name);
            }
        }
    }
}
