/** JMH and load runs; not published. */
@NullMarked
package dev.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
