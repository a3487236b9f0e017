package dev.sluice.server.takeover;

import dev.sluice.server.text.ProgressLine;
import dev.sluice.server.text.SafeText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Counts what becomes of the findings; shows how far it is on a terminal, troubles as they come, and a table at the end. */
final class Report {
    private static final int MOST_TROUBLES = 20;
    private static final int MOST_SAMPLES = 10;
    private static final int MOST_NAMES = 20;
    private static final int MOST_TEXT = 300;

    private final PrintWriter err;
    private final ProgressLine progress;
    private final List<String> samples = new ArrayList<>();
    private final List<String> endless = new ArrayList<>();
    private long told;
    private long inHand;
    private long known;
    private long over;
    private long skipped;
    private long endlessOnes;
    private long bad;
    private long unsent;

    /** @param nanos the time, as {@link System#nanoTime} */
    Report(PrintWriter err, boolean terminal, LongSupplier nanos) {
        this.err = err;
        this.progress = new ProgressLine(err, terminal, nanos);
    }

    /** How many there are in all, if that is known. */
    void expect(OptionalLong all) {
        progress.expect(all);
    }

    /** One that the server need not be asked about. */
    void found(Finding finding) {
        if (finding instanceof Finding.Skipped) {
            skipped++;
        } else if (finding instanceof Finding.Endless one) {
            endlessOnes++;
            if (endless.size() < MOST_NAMES) {
                endless.add(one.where());
            }
        } else if (finding instanceof Finding.Bad one) {
            bad(one.where(), one.why());
        }
        progress();
    }

    /** What the server said to one. */
    void answered(Finding.Live finding, Outcome outcome) {
        if (outcome instanceof Outcome.Taken taken) {
            taken(finding, taken.until());
        } else if (outcome instanceof Outcome.Known) {
            known++;
        } else if (outcome instanceof Outcome.Over) {
            over++;
        } else if (outcome instanceof Outcome.Refused refused) {
            bad(finding.where(), refused.why());
        } else if (outcome instanceof Outcome.Unsent lost) {
            unsent++;
            trouble(finding.where(), "not sent: " + lost.why());
        }
        progress();
    }

    private void taken(Finding.Live finding, String until) {
        boolean wasTold = finding.kind() == Finding.Kind.TOLD;
        told += wasTold ? 1 : 0;
        inHand += wasTold ? 0 : 1;
        if (samples.size() < MOST_SAMPLES) {
            samples.add(finding.subject() + (wasTold ? ", told" : ", in hand") + ", until " + until);
        }
    }

    private void bad(String where, String why) {
        bad++;
        trouble(where, why);
    }

    private void trouble(String where, String why) {
        if (bad + unsent <= MOST_TROUBLES) {
            progress.clear();
            err.println(SafeText.escaped(where + ": " + why, MOST_TEXT));
            err.flush();
        }
    }

    private long all() {
        return told + inHand + known + over + skipped + endlessOnes + bad + unsent;
    }

    private void progress() {
        progress.show(all(), () -> String.format(Locale.ROOT, "%,d read, %,d taken", all(), told + inHand));
    }

    /** Whether the server answered to all. */
    boolean complete() {
        return unsent == 0;
    }

    /** Takes the progress away, and says how many troubles were not shown. */
    void end() {
        progress.clear();
        if (bad + unsent > MOST_TROUBLES) {
            err.println("... and " + (bad + unsent - MOST_TROUBLES) + " more like these");
        }
        err.flush();
    }

    /** The counts, what never ends, and samples. */
    String table(boolean trial) {
        StringBuilder table = new StringBuilder();
        String would = trial ? "would be taken over" : "taken over";
        row(table, "told, and not over", told, would);
        row(table, "in hand", inHand, would);
        row(table, "held already", known, "nothing to do");
        row(table, "over", over, "nothing to do");
        row(table, "skipped", skipped, "as asked");
        row(table, "without expiry", endlessOnes, "listed, and left alone");
        row(table, "not understood", bad, "left out");
        row(table, "not sent", unsent, "run it again");
        list(table, "Without expiry:", endless, endlessOnes);
        list(table, trial ? "Would be taken over, for example:" : "Taken over, for example:", samples, told + inHand);
        return table.toString();
    }

    private static void row(StringBuilder table, String name, long count, String what) {
        table.append(String.format(Locale.ROOT, "%-18s %,12d  %s%n", name, count, count == 0 ? "" : what)
                        .stripTrailing())
                .append(System.lineSeparator());
    }

    private static void list(StringBuilder table, String title, List<String> items, long all) {
        if (!items.isEmpty()) {
            table.append(title).append(System.lineSeparator());
            items.forEach(item ->
                    table.append("  ").append(SafeText.escaped(item, MOST_TEXT)).append(System.lineSeparator()));
            if (all > items.size()) {
                table.append("  ... ")
                        .append(all - items.size())
                        .append(" more")
                        .append(System.lineSeparator());
            }
        }
    }
}
