package dev.sluice.server.watch;

import dev.sluice.Level;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * How often in a row the level of a subject was not known. Bounded: the subject that was unknown the longest ago is
 * forgotten first. Safe for use by many threads.
 */
public final class UnknownCounts {
    private static final int MOST = 100_000;
    private static final int MOST_TO_TELL = 1_000;

    private final Map<String, Row> rows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Row> eldest) {
            return size() > MOST;
        }
    };

    private final Queue<Row> toTell = new ArrayDeque<>();
    private long all;

    /**
     * A subject of which nothing is known.
     *
     * @param times how often in a row
     */
    public record Row(String flow, String subject, int times, Level.Cause cause, String detail) {}

    private static String name(String flow, String subject) {
        return flow + '/' + subject;
    }

    /** It is not known; the {@code noticeAfter}-th time in a row it is to be told. */
    synchronized void unknown(String flow, String subject, Level.Unknown level, int noticeAfter) {
        all++;
        int times = Optional.ofNullable(rows.get(name(flow, subject)))
                        .map(Row::times)
                        .orElse(0)
                + 1;
        Row row = new Row(flow, subject, times, level.cause(), level.detail());
        rows.put(name(flow, subject), row);
        if (times == noticeAfter && toTell.size() < MOST_TO_TELL) {
            toTell.add(row);
        }
    }

    /** It is known again. */
    synchronized void known(String flow, String subject) {
        rows.remove(name(flow, subject));
    }

    /** How many levels were not known, of all subjects. */
    public synchronized long all() {
        return all;
    }

    /** The next one that the operator should know of; it stays until {@link #told}. */
    public synchronized Optional<Row> next() {
        return Optional.ofNullable(toTell.peek());
    }

    /** The next one was told. */
    public synchronized void told() {
        toTell.remove();
    }
}
