/** Candidates found by a query: how they are read, named, offered, and looked at once more before they go out. */
@NullMarked
package dev.sluice.server.scan;

import org.jspecify.annotations.NullMarked;
