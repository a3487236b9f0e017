/**
 * The gate in front of everything software sends or runs: for every occurrence it answers whether it may go out now.
 *
 * <p>The path of an occurrence, in reading order: {@link dev.sluice.Key} and {@link dev.sluice.Rule} say what is
 * asked; {@link dev.sluice.Gate} asks; {@link dev.sluice.Store} carries the question to the state of the key;
 * {@link dev.sluice.Step} decides; {@link dev.sluice.Decision} is the answer, and {@link dev.sluice.Claim} settles it.
 *
 * <p>Levels become occurrences by {@link dev.sluice.Level}, {@link dev.sluice.Zones}, {@link dev.sluice.Verdict} and
 * {@link dev.sluice.LevelWatch}; {@link dev.sluice.Holding} is a claim that stays alive while something is done.
 *
 * <p>Times inside the engine are microseconds since 1970-01-01T00:00Z, lengths of time are microseconds; both are
 * {@code long} and converted only in {@link dev.sluice.Micros}.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
