/** HTTP, configuration, channels, console and command line. */
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
