package dev.sluice.outbox;

import java.util.OptionalDouble;

/**
 * What a watch read of a subject that is in one of its zones.
 *
 * @param level the value, finite
 * @param required what the boundary was computed from, if it came with the value
 * @param mark where the zone is over again: a recovery below it is none. In the sense of {@link dev.sluice.Event.Reset}:
 *     of a watch whose levels are bad when high, mark and recovery are both negated
 */
public record Sighting(double level, OptionalDouble required, OptionalDouble mark) {
    /** @throws IllegalArgumentException if a number is not finite: what is not known is no sighting */
    public Sighting {
        if (!Double.isFinite(level) || !Double.isFinite(required.orElse(0)) || !Double.isFinite(mark.orElse(0))) {
            throw new IllegalArgumentException("a sighting needs finite numbers, not " + level);
        }
    }

    /** One without anything beside the value. */
    public static Sighting of(double level) {
        return new Sighting(level, OptionalDouble.empty(), OptionalDouble.empty());
    }
}
