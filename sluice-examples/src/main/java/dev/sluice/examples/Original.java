package dev.sluice.examples;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A model of the limiter that Sluice takes the place of, made from the description of its rules:
 *
 * <ul>
 *   <li>A signature that is not known passes, and is known from then on.
 *   <li>One that is known passes while fewer than {@code limit} of it were sent. The one that follows {@code threshold - 1}
 *       sent ones is a summary, if there were {@code threshold} occurrences by then. All others are muted.
 *   <li>A signature is forgotten when its last occurrence, sent or muted, is <em>longer ago</em> than the cool-down. So an
 *       error that keeps coming is muted for as long as it keeps coming, and nobody is told how often it came.
 * </ul>
 *
 * The signature is processor, error type and the first hundred characters of the message, without regard to case and to
 * spaces around them. The count is taken before the mail is sent, and is not given back. For one thread.
 */
final class Original {
    private static final int CHARS = 100;

    private final int limit;
    private final int threshold;
    private final Duration coolDown;
    private final Map<Signature, Seen> known = new HashMap<>();

    /** What it does about an occurrence. */
    enum Verdict {
        /** Sends a mail. */
        SENT,
        /** Sends a mail that says how many there were. */
        SUMMARY,
        /** Does nothing. */
        MUTED
    }

    private record Signature(String processor, String type, String head) {}

    private record Seen(int count, int sent, Instant last) {}

    /** @param coolDown how long a signature must be silent to be forgotten */
    Original(int limit, int threshold, Duration coolDown) {
        this.limit = limit;
        this.threshold = threshold;
        this.coolDown = coolDown;
    }

    /** With the settings that it comes with: 5, a summary at 3, 60 minutes. */
    static Original standard() {
        return new Original(5, 3, Duration.ofMinutes(60));
    }

    /** Decides; occurrences come in the order of their time. */
    Verdict decide(Fault fault) {
        Signature signature = signature(fault);
        Seen seen = known.get(signature);
        if (seen == null || seen.last().isBefore(fault.at().minus(coolDown))) {
            known.put(signature, new Seen(1, 1, fault.at()));
            return Verdict.SENT;
        }
        int count = seen.count() + 1;
        if (seen.sent() >= limit) {
            known.put(signature, new Seen(count, seen.sent(), fault.at()));
            return Verdict.MUTED;
        }
        known.put(signature, new Seen(count, seen.sent() + 1, fault.at()));
        return count >= threshold && seen.sent() == threshold - 1 ? Verdict.SUMMARY : Verdict.SENT;
    }

    private static Signature signature(Fault fault) {
        String message = fault.message();
        return new Signature(
                same(fault.processor()),
                same(fault.type()),
                same(message.substring(0, Math.min(CHARS, message.length()))));
    }

    private static String same(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
