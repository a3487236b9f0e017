package dev.sluice.sql;

/** What must be waited for to its end. */
final class Interrupts {
    private Interrupts() {}

    /** Something that can be waited for again after it was interrupted. */
    @FunctionalInterface
    interface Wait {
        void run() throws InterruptedException;
    }

    /** Waits to the end; a thread that is interrupted meanwhile is so afterwards. */
    static void outlast(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.run();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
