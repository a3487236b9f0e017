package dev.sluice;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts how often in a row the level of a subject was unknown to this process. Safe for use by many threads. */
final class UnknownRows {
    private static final System.Logger LOG = System.getLogger(UnknownRows.class.getName());

    /** Rows of so many subjects at once; those of further ones are not noticed. */
    private static final int MOST = 100_000;

    private final int noticeAt;
    private final LevelWatch.Notice notice;
    private final Map<String, Integer> rows = new ConcurrentHashMap<>();
    private final LongAdder count = new LongAdder();

    UnknownRows(int noticeAt, LevelWatch.Notice notice) {
        this.noticeAt = noticeAt;
        this.notice = notice;
    }

    long count() {
        return count.sum();
    }

    void known(String subject) {
        if (!rows.isEmpty()) {
            rows.remove(subject);
        }
    }

    void unknown(String subject, Verdict.Unknown why) {
        count.increment();
        boolean room = rows.size() < MOST || rows.containsKey(subject);
        if (room && rows.merge(subject, 1, Integer::sum) == noticeAt) {
            try {
                notice.unknown(subject, why);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "That the level of " + subject + " is unknown could not be told", e);
            }
        }
    }
}
