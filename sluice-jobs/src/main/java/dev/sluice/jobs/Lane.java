package dev.sluice.jobs;

/** What makes jobs run when they are due. */
interface Lane extends Runner.Outlook, AutoCloseable {
    /** Begins. */
    void start();

    /** Does what is due now, in the calling thread, if nobody else does. */
    void tick();

    /** Starts nothing more, and waits for what runs, no longer than it was told to. */
    @Override
    void close();
}
