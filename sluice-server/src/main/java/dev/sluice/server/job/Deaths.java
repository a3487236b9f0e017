package dev.sluice.server.job;

import dev.sluice.jobs.JobEvent;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** Jobs that died and the operator was not told of; of very many the first 1,000. Safe for use by many threads. */
public final class Deaths {
    private static final int MOST = 1_000;

    private final Queue<JobEvent.Died> waiting = new ArrayDeque<>();

    /** One more. */
    public synchronized void add(JobEvent.Died died) {
        if (waiting.size() < MOST) {
            waiting.add(died);
        }
    }

    /** The next one; it stays until {@link #told}. */
    public synchronized Optional<JobEvent.Died> next() {
        return Optional.ofNullable(waiting.peek());
    }

    /** The next one was told. */
    public synchronized void told() {
        waiting.remove();
    }
}
