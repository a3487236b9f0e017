package dev.sluice.server;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened, to be closed in the opposite order. A part that cannot be closed does not keep the others open. */
final class Parts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Parts.class.getName());

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private long closingSince = System.nanoTime();

    /** Remembers {@code part}, and gives it back. */
    synchronized <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    /** What is left of {@code budget} for the part that is being closed; at least nothing. */
    synchronized Duration left(Duration budget) {
        Duration left = budget.minusNanos(System.nanoTime() - closingSince);
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public synchronized void close() {
        closingSince = System.nanoTime();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.log(Level.WARNING, "A part of the server could not be closed", e);
            }
        }
    }
}
