package dev.sluice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where levels are bad, how bad, and from where on that is over: a pure judge of levels. Every known level is in exactly
 * one zone, the first one, worst first, that it is strictly beyond the boundary of, or in the safe one; at a boundary it
 * is in the better zone. A zone is over at its recovery, which is its boundary unless said otherwise. Immutable.
 *
 * <pre>{@code
 * Zones margin = Zones.below().zone("act", 50).zone("alert", 100).recover("alert", 102).build();
 * Zones balance = Zones.below().zone("short", Boundary.parse("required x 1.05")).build();
 * Zones heat = Zones.above().zone("act", 90).zone("alert", 80).build();
 * }</pre>
 */
public final class Zones {
    private final Direction direction;
    private final List<Zone> zones;
    private final ZoneOrder order;
    private final String safe;

    /**
     * One zone.
     *
     * @param name a name as {@link Key#isName} says; it is the variant of the key of what happens there
     * @param boundary beyond which a level is in it
     * @param recovery at which it is over, and beyond
     */
    public record Zone(String name, Boundary boundary, Boundary recovery) {}

    private Zones(Direction direction, List<Zone> zones, String safe) {
        this.direction = direction;
        this.zones = List.copyOf(zones);
        this.order = order(direction, zones);
        this.safe = safe;
    }

    private static ZoneOrder order(Direction direction, List<Zone> zones) {
        return new ZoneOrder(direction, zones.stream().map(Zone::name).toList());
    }

    /** Begins zones of levels that are bad when low. */
    public static Builder below() {
        return new Builder(Direction.BELOW);
    }

    /** Begins zones of levels that are bad when high. */
    public static Builder above() {
        return new Builder(Direction.ABOVE);
    }

    /** The zones that are not safe, worst first. */
    public List<Zone> bad() {
        return zones;
    }

    /** The name of the safe zone. */
    public String safe() {
        return safe;
    }

    /** The numbers of a subject that the boundaries need. */
    public Set<String> fields() {
        Set<String> fields = new HashSet<>();
        for (Zone zone : zones) {
            for (Boundary boundary : List.of(zone.boundary, zone.recovery)) {
                if (boundary instanceof Boundary.Field field) {
                    fields.add(field.name());
                }
            }
        }
        return Set.copyOf(fields);
    }

    /**
     * One zone alone, that is over at {@code stop}: what an action goes by that begins in this zone ({@link Verdict.In}),
     * goes on until the level is at {@code stop} or beyond ({@link Verdict.Gap}), and is then done ({@link Verdict.Safe}).
     *
     * @throws IllegalArgumentException if there is no such zone, or {@code stop} is where it would not be over
     */
    public Zones until(String zone, Boundary stop) {
        Zone trigger =
                zone(zone).orElseThrow(() -> new IllegalArgumentException("there is no zone '" + zone + "' to act in"));
        return new Builder(direction)
                .zone(zone, trigger.boundary)
                .recover(zone, stop)
                .safe(safe)
                .build();
    }

    /** A zone by its name; empty if it is the safe one, or none. */
    public Optional<Zone> zone(String name) {
        return zones.stream().filter(zone -> zone.name.equals(name)).findFirst();
    }

    /** What a level means. */
    public Verdict judge(Level level) {
        if (level instanceof Level.Unknown unknown) {
            return new Verdict.Unknown(unknown.cause(), unknown.detail());
        }
        Level.Known known = (Level.Known) level;
        double[] boundaries = new double[zones.size()];
        double[] recoveries = new double[zones.size()];
        for (int i = 0; i < zones.size(); i++) {
            Level boundary = zones.get(i).boundary.resolve(known);
            Level recovery = zones.get(i).recovery.resolve(known);
            if (!(boundary instanceof Level.Known at)) {
                return unknown((Level.Unknown) boundary);
            } else if (!(recovery instanceof Level.Known over)) {
                return unknown((Level.Unknown) recovery);
            } else {
                boundaries[i] = direction.turn(at.value());
                recoveries[i] = direction.turn(over.value());
            }
        }
        List<String> faults = order.faults(boundaries, recoveries);
        return faults.isEmpty()
                ? judge(direction.turn(known.value()), boundaries, recoveries)
                : new Verdict.Unknown(Level.Cause.CONTRADICTORY, String.join("; ", faults));
    }

    private static Verdict unknown(Level.Unknown boundary) {
        return new Verdict.Unknown(boundary.cause(), boundary.detail());
    }

    private Verdict judge(double level, double[] boundaries, double[] recoveries) {
        List<Verdict.Reset> resets = new ArrayList<>(zones.size());
        int in = -1;
        int worst = -1;
        for (int i = zones.size() - 1; i >= 0; i--) {
            in = level < boundaries[i] ? i : in;
            worst = level < recoveries[i] ? i : worst;
        }
        for (int i = 0; i < zones.size(); i++) {
            if (level >= recoveries[i]) {
                resets.add(new Verdict.Reset(zones.get(i).name, level));
            }
        }
        if (in >= 0) {
            return new Verdict.In(zones.get(in).name, recoveries[in], resets);
        }
        return worst < 0 ? new Verdict.Safe(resets) : new Verdict.Gap(zones.get(worst).name, resets);
    }

    /** As the zones are written: {@code act below 50, alert below 100 until 102}. */
    @Override
    public String toString() {
        return String.join(", ", zones.stream().map(this::written).toList());
    }

    private String written(Zone zone) {
        String until = zone.recovery.equals(zone.boundary) ? "" : " until " + zone.recovery;
        return zone.name + " " + direction.word() + " " + zone.boundary + until;
    }

    /** Collects zones, worst first. Not safe for use by several threads. */
    public static final class Builder {
        private final Direction direction;
        private final Map<String, Boundary> boundaries = new LinkedHashMap<>();
        private final Map<String, Boundary> recoveries = new HashMap<>();
        private final List<String> twice = new ArrayList<>(0);
        private String safe = "safe";

        private Builder(Direction direction) {
            this.direction = direction;
        }

        /** The next zone, less bad than those before. */
        public Builder zone(String name, Boundary boundary) {
            if (boundaries.putIfAbsent(name, boundary) != null) {
                twice.add(name);
            }
            return this;
        }

        /** As {@link #zone(String, Boundary)}, the same for every subject. */
        public Builder zone(String name, double boundary) {
            return zone(name, Boundary.at(boundary));
        }

        /** Where a zone is over: hysteresis. Between its boundary and this nothing happens. */
        public Builder recover(String zone, Boundary recovery) {
            recoveries.put(zone, recovery);
            return this;
        }

        /** As {@link #recover(String, Boundary)}, the same for every subject. */
        public Builder recover(String zone, double recovery) {
            return recover(zone, Boundary.at(recovery));
        }

        /** What the safe zone is called, if not {@code safe}. */
        public Builder safe(String name) {
            safe = name;
            return this;
        }

        /** What contradicts itself, each in a sentence; empty if nothing does. */
        public List<String> faults() {
            List<String> faults = new ArrayList<>();
            if (boundaries.isEmpty()) {
                faults.add("there must be a zone besides the safe one");
            }
            twice.forEach(name -> faults.add("there are two zones '" + name + "'"));
            Set<String> names = new HashSet<>(boundaries.keySet());
            if (!names.add(safe)) {
                faults.add("'" + safe + "' is the safe zone, and cannot have a boundary");
            }
            names.stream()
                    .filter(name -> !Key.isName(name))
                    .sorted()
                    .forEach(name -> faults.add("'" + name
                            + "' cannot name a zone: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit"));
            recoveries.keySet().stream()
                    .filter(zone -> !boundaries.containsKey(zone))
                    .sorted()
                    .forEach(zone -> faults.add("there is no zone '" + zone + "' to recover from"));
            List<Zone> zones = zones();
            faults.addAll(order(direction, zones)
                    .faults(
                            fixed(zones.stream().map(Zone::boundary).toList()),
                            fixed(zones.stream().map(Zone::recovery).toList())));
            return faults;
        }

        /** Where they lie, as far as that is the same for every subject. */
        private double[] fixed(List<Boundary> all) {
            double[] values = new double[all.size()];
            Arrays.setAll(
                    values,
                    i -> all.get(i) instanceof Boundary.Fixed fixed ? direction.turn(fixed.value()) : Double.NaN);
            return values;
        }

        private List<Zone> zones() {
            List<Zone> zones = new ArrayList<>();
            boundaries.forEach(
                    (name, boundary) -> zones.add(new Zone(name, boundary, recoveries.getOrDefault(name, boundary))));
            return zones;
        }

        /**
         * The zones.
         *
         * @throws IllegalArgumentException if they contradict each other, with all {@link #faults}
         */
        public Zones build() {
            List<String> faults = faults();
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException("these zones contradict themselves: " + String.join("; ", faults));
            }
            return new Zones(direction, zones(), safe);
        }
    }
}
