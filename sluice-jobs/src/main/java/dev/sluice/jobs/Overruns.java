package dev.sluice.jobs;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Attempts that are going on in this process, and whether they take longer than their kind allows. Safe for use by many
 * threads.
 */
final class Overruns {
    private final Set<Attempt> going = ConcurrentHashMap.newKeySet();

    /** What is done about an attempt that does not end although it was cut off. */
    @FunctionalInterface
    interface Abandon {
        void of(Job job, String why);
    }

    /** One that begins in the calling thread. */
    Attempt begin(Job job, Held held, Instant now) {
        Attempt attempt = new Attempt(job, held, now, Thread.currentThread());
        going.add(attempt);
        return attempt;
    }

    /** Cuts off what takes too long, and gives up on what goes on for another lease. */
    void watch(Instant now, Abandon abandon) {
        for (Attempt each : going) {
            Instant limit = each.began.plus(each.job.kind().longest());
            if (now.isAfter(limit)) {
                each.cutOff();
            }
            if (now.isAfter(limit.plus(each.job.kind().lease())) && each.isFirstAbandon()) {
                abandon.of(each.job, each.why());
            }
        }
    }

    /** One that goes on. */
    final class Attempt implements AutoCloseable {
        private final Job job;
        private final Held held;
        private final Instant began;
        private final Thread thread;
        private boolean over;
        private boolean cut;
        private boolean abandoned;

        private Attempt(Job job, Held held, Instant began, Thread thread) {
            this.job = job;
            this.held = held;
            this.began = began;
            this.thread = thread;
        }

        /** Its claim is renewed no more, and its handler interrupted: what it does from now on is late. */
        private synchronized void cutOff() {
            if (!over && !cut) {
                cut = true;
                held.lose();
                thread.interrupt();
            }
        }

        private synchronized boolean isFirstAbandon() {
            boolean first = !over && !abandoned;
            abandoned |= first;
            return first;
        }

        synchronized boolean isCut() {
            return cut;
        }

        String why() {
            return "it took longer than " + job.kind().longest();
        }

        @Override
        public synchronized void close() {
            over = true;
            going.remove(this);
        }
    }
}
