/** Jobs of which there is one at a time for each subject. */
@NullMarked
package dev.sluice.server.job;

import org.jspecify.annotations.NullMarked;
