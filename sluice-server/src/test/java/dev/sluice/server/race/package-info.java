/**
 * Races between processes that share a store and nothing else: the store alone, without a server around it. Each process
 * is a real one, and fires all that it has at the same moment as the others.
 */
@NullMarked
package dev.sluice.server.race;

import org.jspecify.annotations.NullMarked;
