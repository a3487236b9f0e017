package dev.sluice;

import java.lang.System.Logger.Level;
import java.time.Duration;

/** A thread of its own that does the same again and again. Of failures in a row it tells the first. */
final class Ticker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Ticker.class.getName());

    private final Duration every;
    private final Runnable work;
    private final Thread thread;
    private boolean failing;

    Ticker(String name, Duration every, Runnable work) {
        this.every = every;
        this.work = work;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(every.toMillis(), every.toNanosPart() % 1_000_000);
                work.run();
                failing = false;
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | LinkageError | AssertionError e) {
                if (!failing) {
                    LOG.log(Level.WARNING, thread.getName() + " could not do all that is due and tries again", e);
                }
                failing = true;
            }
        }
    }

    /** Ends the thread and waits for it. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
