package dev.sluice.server.watch;

import dev.sluice.server.scan.Scans;

/**
 * Where flows find by themselves what they are about.
 *
 * @param sources the values of levels
 * @param scans candidates
 */
public record Finding(Sources sources, Scans scans) {}
