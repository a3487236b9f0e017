/** What becomes of levels: how they are read, judged and counted, where they come from, and what is done by them. */
@NullMarked
package dev.sluice.server.watch;

import org.jspecify.annotations.NullMarked;
