package dev.sluice.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A lane with threads of its own: so many that work, one that looks what is due, and a few that renew and watch. */
final class ThreadLane implements Lane {
    private static final System.Logger LOG = System.getLogger(ThreadLane.class.getName());

    /** How often it looks whether another process has triggered something, or ended. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** Heartbeats, the search for dead processes, and renewals must not wait for each other. */
    private static final int WATCHES = 3;

    /** A moment later than it is due, so that it is. */
    private static final Duration MOMENT = Duration.ofMillis(1);

    private static final int RENEWALS_PER_LEASE = 10;
    private static final Duration FAR_OFF = Duration.ofHours(1);
    private static final Duration CLOCK_READ_EVERY = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final StoreClock clock;
    private final ScheduledExecutorService watch;
    private final Runnable attend;
    private final Runnable readClock;
    private final Duration lease;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /** What a lane does in its own threads, and how long it may take to stop. */
    record Duties(int threads, Duration shortestLease, Duration stopWithin, Runnable watch, Runnable readClock) {}

    ThreadLane(SchedulerBuilder scheduler, StoreClock clock, Duties duties) {
        this.clock = clock;
        this.attend = duties.watch();
        this.readClock = duties.readClock();
        this.lease = duties.shortestLease();
        this.watch = Executors.newScheduledThreadPool(WATCHES, threads("sluice-jobs-watch-"));
        ExecutorService workers = Executors.newFixedThreadPool(duties.threads(), threads("sluice-job-"));
        this.scheduler = scheduler
                .clock(clock)
                .pollingInterval(POLL)
                .threads(duties.threads())
                .executorService(workers)
                .dueExecutor(Executors.newSingleThreadExecutor(threads("sluice-jobs-due-")))
                .housekeeperExecutor(watch)
                // Half of it until threads are interrupted, and half of it after that.
                .shutdownMaxWait(duties.stopWithin().dividedBy(2))
                .build();
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void start() {
        scheduler.start();
        every(lease.dividedBy(RENEWALS_PER_LEASE), "renew the claims of running jobs", attend);
        every(CLOCK_READ_EVERY, "read the clock of the store of keys", readClock);
    }

    private void every(Duration period, String what, Runnable duty) {
        Future<?> unused = watch.scheduleWithFixedDelay(
                () -> doing(what, duty), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A duty that throws would never be done again. */
    private static void doing(String what, Runnable duty) {
        try {
            duty.run();
        } catch (RuntimeException | LinkageError | AssertionError e) {
            LOG.log(Level.WARNING, "Could not " + what + ", and will try again", e);
        }
    }

    /** The threads do. */
    @Override
    public void tick() {
        scheduler.triggerCheckForDueExecutions();
    }

    @Override
    public boolean pause(Duration length) {
        try {
            return !stopping.await(length.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Looks exactly then, rather than at the next poll. */
    @Override
    public void expect(Instant due) {
        Duration wait = Duration.between(clock.now(), due);
        if (wait.isNegative() || wait.isZero()) {
            scheduler.triggerCheckForDueExecutions();
            return;
        }
        if (wait.compareTo(FAR_OFF) > 0) {
            // The polls find it.
            return;
        }
        try {
            Future<?> unused = watch.schedule(
                    scheduler::triggerCheckForDueExecutions, wait.plus(MOMENT).toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopped) {
            // Whoever starts next finds it.
        }
    }

    @Override
    public boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void close() {
        if (!isStopping()) {
            stopping.countDown();
            scheduler.stop();
        }
    }
}
