package dev.sluice.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** What a test does to a process that it started, by its number. */
public enum Signal {
    /** The process stands still in the middle of whatever it does, and notices nothing of it. */
    STOP,
    /** It goes on. */
    CONT,
    /** It is asked to end. */
    TERM,
    /** It ends at once, and without a last word; also where it stands still. */
    KILL;

    private static final long PATIENCE_SECONDS = 5;

    /**
     * Sends this signal.
     *
     * @throws IllegalStateException if there is no such process, or it belongs to somebody else
     */
    public void to(long pid) {
        try {
            Process sent = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!sent.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || sent.exitValue() != 0) {
                throw new IllegalStateException("could not send " + this + " to the process " + pid);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + this + " was sent", e);
        }
    }
}
