package dev.sluice;

import java.lang.System.Logger;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Acts on subjects in threads of its own, one run at a time for each. A run holds the key of its subject, reads the level
 * before each step, and goes on until the level is at the stop, there is nothing more to do, or the key is lost.
 */
final class ActionLane {
    private static final Logger LOG = System.getLogger(ActionLane.class.getName());
    private static final int THREADS = 16;
    private static final long IDLE_SECONDS = 10;

    private final Gate gate;
    private final Acting acting;
    private final Zones until;
    private final Executor threads;

    /** Subjects that are acted on in this process, and whether their level was seen to be bad again meanwhile. */
    private final Map<String, Boolean> runs = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** What is done in a zone. */
    record Acting(Boundary stop, String flow, LevelWatch.Levels levels, LevelWatch.ActionStep step) {}

    ActionLane(Gate gate, Acting acting, Zones until, Executor threads) {
        this.gate = gate;
        this.acting = acting;
        this.until = until;
        this.threads = threads;
    }

    /** The level of a subject is where something must be done. */
    void start(String subject) {
        if (closed || runs.put(subject, true) != null) {
            return;
        }
        boolean taken = false;
        try {
            threads.execute(() -> run(subject));
            taken = true;
        } finally {
            if (!taken) {
                runs.remove(subject);
            }
        }
    }

    private void run(String subject) {
        boolean ended = false;
        try {
            while (!ended) {
                runs.put(subject, false);
                attempt(subject);
                ended = runs.remove(subject, false);
            }
        } finally {
            if (!ended) {
                runs.remove(subject);
            }
        }
    }

    private void attempt(String subject) {
        try {
            Verdict first = until.judge(read(subject));
            if (!closed && (first instanceof Verdict.In || first instanceof Verdict.Unknown)) {
                gate.hold(Key.of(acting.flow(), subject), holding -> steps(subject, holding));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(subject, e);
        } catch (Exception e) {
            failed(subject, e);
        }
    }

    private void failed(String subject, Exception why) {
        LOG.log(
                Logger.Level.WARNING,
                "Acting on " + Key.of(acting.flow(), subject)
                        + " failed, and is tried again at the first check after its back-off",
                why);
    }

    private void steps(String subject, Holding holding) throws Exception {
        boolean more = true;
        for (boolean begun = false; more; begun = true) {
            Level level = read(subject);
            Verdict verdict = until.judge(level);
            if (verdict instanceof Verdict.Unknown unknown) {
                throw new UnknownLevelException(unknown);
            }
            boolean due = verdict instanceof Verdict.In || (begun && verdict instanceof Verdict.Gap);
            more = due
                    && level instanceof Level.Known known
                    && !closed
                    && holding.isHeld()
                    && acting.step().take(new LevelWatch.Act(subject, known, holding));
        }
    }

    private Level read(String subject) throws InterruptedException {
        try {
            return acting.levels().read(subject);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return new Level.Unknown(Level.Cause.READ_ERROR, String.valueOf(e));
        }
    }

    /** Begins nothing more, not even a further step. */
    void close() {
        closed = true;
    }

    /** Threads for the lanes of a watch, made when they are needed. */
    static ThreadPoolExecutor threads(String flow) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "sluice-act-" + flow);
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Waits until they have ended what they do. */
    static void end(ThreadPoolExecutor threads) {
        threads.shutdown();
        try {
            while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.log(Logger.Level.WARNING, "Waiting for {0} actions to end their step", threads.getActiveCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No step may be taken by a level that is not known. */
    private static final class UnknownLevelException extends Exception {
        private static final long serialVersionUID = 1;

        UnknownLevelException(Verdict.Unknown why) {
            super("the level is unknown (" + why.cause().word() + "): " + why.detail());
        }
    }
}
