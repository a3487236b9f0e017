/**
 * Fails a test run that skipped a test, or that left a thread or a process behind.
 *
 * <p>A module takes part by naming this one as a dependency of scope {@code test}; the JUnit Platform finds {@link
 * dev.sluice.referee.Referee} by itself.
 */
@NullMarked
package dev.sluice.referee;

import org.jspecify.annotations.NullMarked;
