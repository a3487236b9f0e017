package dev.sluice.examples;

import dev.sluice.examples.Fault.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How the error flood went.
 *
 * @param wording how the errors read
 * @param faults the errors, in the order of their time
 * @param mails what the mail server received
 * @param hooks what the receiver of webhooks received
 * @param original what the original sends
 * @param books what the server says became of the errors
 * @param took how long it took, in real time
 */
record Flood(
        Wording wording,
        List<Fault> faults,
        List<Arrival> mails,
        List<Arrival> hooks,
        List<Arrival> original,
        Books books,
        Duration took) {
    private static final int PASSES = 90;
    private static final int DIGESTS = 18;
    private static final int LIMIT = 5;
    private static final Duration ORIGINAL_ENDS = Duration.ofMinutes(7).plusSeconds(12);

    /** Those of the books that count here; all errors are in {@code in}. */
    record Books(int in, int delivered, int reported, int unaccounted) {
        Books minus(Books before) {
            return new Books(
                    in - before.in,
                    delivered - before.delivered,
                    reported - before.reported,
                    unaccounted - before.unaccounted);
        }
    }

    /** When the first error happens. */
    Instant begin() {
        return faults.get(0).at();
    }

    /** What the mail server saw. */
    Figures ours() {
        return Figures.of(begin(), mails);
    }

    /** What the receiver of webhooks saw. */
    Figures hooked() {
        return Figures.of(begin(), hooks);
    }

    /** What the receivers of the original see. */
    Figures theirs() {
        return Figures.of(begin(), original);
    }

    /** What is not as it should be, a sentence each. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        check("the mail server", ours(), complaints);
        check("the receiver of webhooks", hooked(), complaints);
        if (!originalIsAsMeasured(theirs())) {
            complaints.add("The model of the original is wrong: " + theirs());
        }
        if (!books.equals(new Books(faults.size(), PASSES, faults.size() - PASSES, 0))) {
            complaints.add("The books of the server are not as they should be: " + books);
        }
        return complaints;
    }

    private boolean originalIsAsMeasured(Figures theirs) {
        return switch (wording) {
            case CAUSE_FIRST -> theirs.passes() == LIMIT && theirs.last().equals(ORIGINAL_ENDS);
            case ID_FIRST -> theirs.passes() == faults.size();
        };
    }

    private void check(String receiver, Figures seen, List<String> complaints) {
        if (seen.passes() != PASSES || seen.digests() != DIGESTS) {
            complaints.add("%s should see %d errors and %d digests, and saw %d and %d."
                    .formatted(receiver, PASSES, DIGESTS, seen.passes(), seen.digests()));
        }
        if (seen.fullest() > LIMIT) {
            complaints.add("%s saw %d errors in one window.".formatted(receiver, seen.fullest()));
        }
        if (seen.passes() + seen.told() != faults.size()) {
            complaints.add(
                    "%s was told of %d errors of %d.".formatted(receiver, seen.passes() + seen.told(), faults.size()));
        }
    }
}
