/** Finds what the log table of another system holds twice, and removes or marks it. */
@NullMarked
package dev.sluice.server.dedupe;

import org.jspecify.annotations.NullMarked;
