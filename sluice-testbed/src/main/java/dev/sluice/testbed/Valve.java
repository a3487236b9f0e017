package dev.sluice.testbed;

import dev.sluice.testbed.Proxy.Direction;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Decides how much of what came by goes on. Shared by all connections of a proxy. */
final class Valve {
    /** How many bytes of each direction may pass before one connection is cut; nothing where none will be. */
    private final Map<Direction, Long> left = new EnumMap<>(Direction.class);

    private boolean paused;

    synchronized void cutAfter(Direction direction, long bytes) {
        left.put(direction, bytes);
    }

    synchronized boolean isAboutToCut() {
        return !left.isEmpty();
    }

    synchronized void pause() {
        paused = true;
    }

    synchronized void open() {
        paused = false;
        left.clear();
        notifyAll();
    }

    /** Lets those who wait see that their connection is closed. */
    synchronized void wake() {
        notifyAll();
    }

    /**
     * Waits while the proxy is paused; then says how many of so many bytes go on.
     *
     * @return {@code count}, or less or equal and {@link Passage#cut} if the connection is cut behind them
     */
    synchronized Passage pass(Direction direction, int count, BooleanSupplier closed) throws InterruptedException {
        while (paused && !closed.getAsBoolean()) {
            wait();
        }
        if (closed.getAsBoolean()) {
            return new Passage(0, true);
        }
        Long rest = left.get(direction);
        if (rest == null) {
            return new Passage(count, false);
        }
        if (rest > count) {
            left.put(direction, rest - count);
            return new Passage(count, false);
        }
        left.remove(direction);
        return new Passage(rest.intValue(), true);
    }

    /** So many bytes go on; then the connection is cut, or not. */
    record Passage(int count, boolean cut) {}
}
