/**
 * Stories that run: a real server, real receivers, and a clock that is moved by hand. Not published. {@link
 * dev.sluice.examples.Examples} lists them; a further one is an {@link dev.sluice.examples.Example} in that list.
 */
@NullMarked
package dev.sluice.examples;

import org.jspecify.annotations.NullMarked;
