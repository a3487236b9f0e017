package dev.sluice.server.feed;

/** A command that talks to a server has to stop here. The message is for the person who started it. */
public final class FeedException extends Exception {
    /** @param message what is wrong, and what to do */
    public FeedException(String message) {
        super(message);
    }
}
