package dev.sluice.server.text;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The last line of a terminal, which says how far something is; nothing where there is no terminal. For one thread. */
public final class ProgressLine {
    private static final long NANOS_BETWEEN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String BACK_TO_AN_EMPTY_LINE = "\r\u001b[K";
    private static final int WIDTH = 30;

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanos;
    private final long begun;
    private OptionalLong size = OptionalLong.empty();
    private long shown;

    /** @param nanos the time, as {@link System#nanoTime} */
    public ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanos) {
        this.err = err;
        this.terminal = terminal;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.shown = begun - NANOS_BETWEEN;
    }

    /** How many there are in all, if that is known; without it there is no bar. */
    public void expect(OptionalLong all) {
        size = all;
    }

    /**
     * Shows how far it is, ten times a second at most.
     *
     * @param done how many of all
     * @param words what is said of them
     */
    public void show(long done, Supplier<String> words) {
        long now = nanos.getAsLong();
        if (terminal && now - shown >= NANOS_BETWEEN) {
            shown = now;
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(now - begun));
            String rate = String.format(Locale.ROOT, ", %,d/s", done * 1000 / millis);
            err.print(BACK_TO_AN_EMPTY_LINE + bar(done) + words.get() + rate);
            err.flush();
        }
    }

    private String bar(long done) {
        if (size.isEmpty() || size.getAsLong() <= 0) {
            return "";
        }
        long percent = Math.min(100, done * 100 / size.getAsLong());
        int full = (int) (percent * WIDTH / 100);
        return "[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + percent + " %  ";
    }

    /** Takes it away, for another line or for good. */
    public void clear() {
        if (terminal) {
            err.print(BACK_TO_AN_EMPTY_LINE);
        }
        err.flush();
    }
}
