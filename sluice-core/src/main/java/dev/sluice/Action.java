package dev.sluice;

/**
 * What {@link Gate#run} does on a pass.
 *
 * @param <E> what it may fail with
 */
@FunctionalInterface
public interface Action<E extends Exception> {
    /** Does the effect. */
    void run() throws E;
}
