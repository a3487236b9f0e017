/** Text from outside, made harmless for where it is shown. */
@NullMarked
package dev.sluice.server.text;

import org.jspecify.annotations.NullMarked;
