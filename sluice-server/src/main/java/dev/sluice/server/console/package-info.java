/** The pages for people: what every flow does, why a subject is held, and where every message is. */
@NullMarked
package dev.sluice.server.console;

import org.jspecify.annotations.NullMarked;
