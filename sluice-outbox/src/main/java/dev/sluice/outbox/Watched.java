package dev.sluice.outbox;

/**
 * A flow of a watch: its keys have {@link Episodes}, from when they are in their zone until that is over.
 *
 * @param withdraws whether messages that were not delivered when it is over are taken back
 * @param tells whether those who were told that it began are told that it is over
 */
public record Watched(boolean withdraws, boolean tells) {
    /** What is not delivered is withdrawn, and nobody is told that it is over. */
    public static final Watched STANDARD = new Watched(true, false);
}
