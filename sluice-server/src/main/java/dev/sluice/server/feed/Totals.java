package dev.sluice.server.feed;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What has been counted so far. For one thread. */
final class Totals {
    private final Set<String> keys = new HashSet<>();
    private long passed;
    private long summarised;
    private long held;
    private long unknown;
    private long bad;
    private long unsent;

    void bad() {
        bad++;
    }

    void add(Answer answer) {
        if (answer instanceof Answer.Passed one) {
            passed++;
            keys.add(one.key());
        } else if (answer instanceof Answer.Summarised one) {
            summarised++;
            keys.add(one.key());
        } else if (answer instanceof Answer.Held one) {
            held++;
            keys.add(one.key());
        } else if (answer instanceof Answer.Unknown) {
            unknown++;
        } else if (answer instanceof Answer.Refused) {
            bad++;
        } else {
            unsent++;
        }
    }

    /** All that were decided. */
    long occurrences() {
        return passed + summarised + held + unknown;
    }

    boolean allSent() {
        return unsent == 0;
    }

    /** The counts as a table, a line each; what is zero and should be is left out. */
    String table() {
        StringBuilder table = new StringBuilder();
        row(table, "occurrences", occurrences());
        row(table, "subjects", keys.size());
        row(table, "delivered", passed + summarised);
        row(table, "held", held);
        rowUnlessZero(table, "unknown", unknown);
        rowUnlessZero(table, "bad lines", bad);
        rowUnlessZero(table, "not sent", unsent);
        return table.toString();
    }

    private static void rowUnlessZero(StringBuilder table, String name, long count) {
        if (count > 0) {
            row(table, name, count);
        }
    }

    private static void row(StringBuilder table, String name, long count) {
        table.append(String.format(Locale.ROOT, "%-12s %,12d%n", name, count));
    }
}
