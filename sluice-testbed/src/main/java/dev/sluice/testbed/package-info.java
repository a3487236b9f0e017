/** Real servers for tests, out of binaries that the build brings with it, and what disturbs the way to them. */
@NullMarked
package dev.sluice.testbed;

import org.jspecify.annotations.NullMarked;
