package dev.sluice.server.dedupe;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What was found, and what became of it. For one thread. */
final class Tally {
    private final Map<Why, Long> duplicates = new EnumMap<>(Why.class);
    private long users;
    private long contents;
    private long sentKept;
    private long unsentKept;
    private long leftAlone;
    private long applied;
    private long changed;

    Tally() {}

    void user() {
        users++;
    }

    void content() {
        contents++;
    }

    void kept(boolean sent) {
        sentKept += sent ? 1 : 0;
        unsentKept += sent ? 0 : 1;
    }

    void duplicate(Why why) {
        duplicates.merge(why, 1L, Long::sum);
    }

    void leftAlone() {
        leftAlone++;
    }

    /** Of {@code all} duplicates {@code done} were removed or marked. */
    void applied(long all, long done) {
        applied += done;
        changed += all - done;
    }

    long handled() {
        return applied + changed;
    }

    long rows() {
        return duplicates() + sentKept + unsentKept + leftAlone;
    }

    long duplicates() {
        return duplicates.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many say that they were sent. */
    long sent() {
        return sentKept + of(Why.SENT_AGAIN);
    }

    private long of(Why why) {
        return duplicates.getOrDefault(why, 0L);
    }

    /** One line a count, each ended by a line feed. */
    String table() {
        StringBuilder table = new StringBuilder();
        row(table, "rows", rows());
        row(table, "users", users);
        row(table, "user and content", contents);
        row(table, "kept", sentKept + unsentKept);
        row(table, "  sent", sentKept);
        row(table, "  not sent", unsentKept);
        row(table, "duplicates", duplicates());
        for (Why why : Why.values()) {
            row(table, "  " + why.text(), of(why));
        }
        row(table, "not understood", leftAlone);
        return table.toString();
    }

    /** What was done to the duplicates. */
    String outcome(Cleaning.Way way) {
        StringBuilder table = new StringBuilder();
        row(table, way.done(), applied);
        row(table, "changed meanwhile", changed);
        return table.toString();
    }

    private static void row(StringBuilder table, String name, long count) {
        table.append(String.format(Locale.ROOT, "%-32s %,12d\n", name, count));
    }
}
