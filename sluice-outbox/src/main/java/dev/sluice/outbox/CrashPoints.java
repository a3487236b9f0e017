package dev.sluice.outbox;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places where a test may end the process, to prove that nothing is lost there. Inert in production: only the system
 * property {@code sluice.crash-at=<point>:<n>} arms one, which halts the process, as a kill would, when it passes that
 * point for the n-th time.
 */
@FunctionalInterface
interface CrashPoints {
    /** Does nothing. */
    CrashPoints NONE = point -> {};

    /** Called when the process comes by. */
    void pass(Point point);

    /** The points, in the order in which an occurrence comes by. */
    enum Point {
        /** Decided and stored, not committed. */
        ACCEPT_BEFORE_COMMIT,
        /** Committed, not answered. */
        ACCEPT_AFTER_COMMIT,
        /** Keys apart: a step was taken at the store of keys, and nothing is written of it. */
        APART_STEP_TAKEN,
        /** Keys apart: the message is prepared, its claim is not extended. */
        APART_PREPARED,
        /** Keys apart: the claim is extended, its message is not ready. */
        APART_EXTENDED,
        /** Keys apart: a step is posted and committed, and not taken. */
        APART_POSTED,
        /** Keys apart: a posted step was taken, its post is still there. */
        APART_POST_TAKEN,
        /** A delivery is due, its attempt is not leased. */
        LEASE_BEFORE_COMMIT,
        /** The attempt is leased. */
        LEASE_AFTER_COMMIT,
        /** The channel has not been called. */
        BEFORE_SEND,
        /** The channel has answered. */
        AFTER_SEND,
        /** The outcome is written, not committed. */
        SETTLE_BEFORE_COMMIT,
        /** The outcome is committed. */
        SETTLE_AFTER_COMMIT,
        /** A tally is due, and not taken. */
        BEFORE_TAKE,
        /** The tally is taken, its digest is not stored. */
        AFTER_TAKE,
        /** The digest is stored and told, not committed. */
        TOLD_BEFORE_COMMIT,
        /** The digest is committed. */
        TOLD_AFTER_COMMIT;

        /** The word for it in the property. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * As the system property says; the only place that reads it.
     *
     * @throws IllegalArgumentException if the property names no point, or no number
     */
    static CrashPoints ofProcess() {
        String armed = System.getProperty("sluice.crash-at", "");
        return armed.isEmpty() ? NONE : halting(armed);
    }

    private static CrashPoints halting(String armed) {
        int colon = armed.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("sluice.crash-at must be <point>:<n>, not '" + armed + "'");
        }
        Point at =
                Point.valueOf(armed.substring(0, colon).toUpperCase(Locale.ROOT).replace('-', '_'));
        AtomicInteger left = new AtomicInteger(Integer.parseInt(armed.substring(colon + 1)));
        return point -> {
            if (point == at && left.decrementAndGet() == 0) {
                letOut();
                Runtime.getRuntime().halt(HALTED);
            }
        };
    }

    /** An answer that was given too early is on its way now; the halt must not take it back. */
    private static void letOut() {
        try {
            TimeUnit.MILLISECONDS.sleep(LET_OUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Long for an answer on the loopback, short for the patience of a test. */
    int LET_OUT_MILLIS = 50;

    /** Exit status of a process that a test ended here, that of a kill. */
    int HALTED = 137;
}
