/** The command line. */
@NullMarked
package dev.sluice.server.command;

import org.jspecify.annotations.NullMarked;
