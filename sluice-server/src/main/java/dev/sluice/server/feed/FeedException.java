package dev.sluice.server.feed;

/** Feeding has to stop here. The message is for the person who started it. */
final class FeedException extends Exception {
    FeedException(String message) {
        super(message);
    }
}
