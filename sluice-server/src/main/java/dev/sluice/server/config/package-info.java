/** The configuration: what may be said, how it is read, and what is wrong with it. */
@NullMarked
package dev.sluice.server.config;

import org.jspecify.annotations.NullMarked;
