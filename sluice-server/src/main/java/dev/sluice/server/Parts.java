package dev.sluice.server;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened, to be closed in the opposite order. A part that cannot be closed does not keep the others open. */
final class Parts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Parts.class.getName());

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Remembers {@code part}, and gives it back. */
    synchronized <T extends AutoCloseable> T add(T part) {
        open.push(part);
        return part;
    }

    @Override
    public synchronized void close() {
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
