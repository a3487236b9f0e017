/** Fails a test run that skipped a test or left a thread or a process behind. */
@NullMarked
package dev.sluice.referee;

import org.jspecify.annotations.NullMarked;
