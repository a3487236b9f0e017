package dev.sluice.testbed;

/**
 * A server of a store that a test started and may disturb. What it held is there again after a restart if it was started
 * to keep it.
 */
public interface RealServer extends AutoCloseable {
    /** The port of the loopback interface. */
    int port();

    /** The number of its process, while it runs. */
    long pid();

    /** Freezes it (SIGSTOP): connections stay, nothing answers. */
    void pause();

    /** Lets it go on after {@link #pause}. */
    void resume();

    /** Ends it in order. */
    void stop();

    /** Ends it by SIGKILL. */
    void kill();

    /** Starts it again at the same port, however it ended, and waits until it is ready. */
    void restart();

    @Override
    void close();
}
