package dev.sluice.server.feed;

import dev.sluice.server.text.SafeText;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Shows on a terminal how far the reading of a file has come, and everywhere the first of its troubles. For one thread. */
final class Progress implements Feed.Watcher {
    private static final int MOST_REASON = 500;
    private static final int MOST_TROUBLES = 20;
    private static final int WIDTH = 30;
    private static final long NANOS_BETWEEN = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String BACK_TO_AN_EMPTY_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean terminal;
    private final OptionalLong size;
    private final LongSupplier read;
    private final LongSupplier nanos;
    private final long begun;
    private long shown;
    private long troubles;

    /**
     * Shows what it is told on {@code out}.
     *
     * @param terminal whether to draw a bar
     * @param size of the file in bytes, if it is known
     * @param read how many of them were read
     * @param nanos the time, as {@link System#nanoTime}
     */
    Progress(PrintWriter out, boolean terminal, OptionalLong size, LongSupplier read, LongSupplier nanos) {
        this.out = out;
        this.terminal = terminal;
        this.size = size;
        this.read = read;
        this.nanos = nanos;
        begun = nanos.getAsLong();
        shown = begun - NANOS_BETWEEN;
    }

    @Override
    public void progress(long occurrences) {
        long now = nanos.getAsLong();
        if (terminal && now - shown >= NANOS_BETWEEN) {
            shown = now;
            out.print(BACK_TO_AN_EMPTY_LINE + bar() + text(occurrences, now));
            out.flush();
        }
    }

    @Override
    public void trouble(long line, String why) {
        if (++troubles <= MOST_TROUBLES) {
            clear();
            out.println("line " + line + ": " + SafeText.escaped(why, MOST_REASON));
            out.flush();
        }
    }

    /** Takes the bar away, and says how many troubles were not shown. */
    void end() {
        clear();
        if (troubles > MOST_TROUBLES) {
            out.println("... and " + (troubles - MOST_TROUBLES) + " more lines like these");
        }
        out.flush();
    }

    private void clear() {
        if (terminal) {
            out.print(BACK_TO_AN_EMPTY_LINE);
        }
    }

    private String bar() {
        if (size.isEmpty() || size.getAsLong() <= 0) {
            return "";
        }
        long percent = Math.min(100, read.getAsLong() * 100 / size.getAsLong());
        int full = (int) (percent * WIDTH / 100);
        return "[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + percent + " %  ";
    }

    private String text(long occurrences, long now) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(now - begun));
        long rate = occurrences * 1000 / millis;
        return String.format(Locale.ROOT, "%,d occurrences, %,d/s", occurrences, rate);
    }
}
