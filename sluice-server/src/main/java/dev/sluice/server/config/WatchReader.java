package dev.sluice.server.config;

import dev.sluice.Boundary;
import dev.sluice.Zones;
import dev.sluice.server.config.Options.Flows.Switch;
import dev.sluice.server.config.WatchConfig.ActIn;
import dev.sluice.server.config.WatchConfig.Freshness;
import dev.sluice.server.config.WatchConfig.OnRecovery;
import dev.sluice.server.config.WatchConfig.OnUnknown;
import dev.sluice.server.config.WatchConfig.Status;
import dev.sluice.server.config.WatchOptions.Fresh;
import dev.sluice.server.config.WatchOptions.Recoveries;
import dev.sluice.server.config.WatchOptions.StatusOptions;
import dev.sluice.server.config.WatchOptions.Unknowns;
import dev.sluice.server.config.WatchOptions.Watches;
import dev.sluice.server.config.WatchOptions.ZoneOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the watch of a flow. */
final class WatchReader {
    private final Set<String> actions;

    /** @param actions the names that there are */
    WatchReader(Set<String> actions) {
        this.actions = actions;
    }

    /** The watch; empty if its zones are no zones, which is told. */
    Optional<WatchConfig> read(Section watch) {
        List<Section> rows = watch.parts(Watches.ZONES);
        Optional<Zones> zones = zones(watch, rows);
        WatchConfig.Fields fields = new WatchConfig.Fields(
                watch.get(Watches.VALUE), freshness(watch), status(watch), watch.find(Watches.FLAT));
        Section unknown = watch.part(Watches.UNKNOWN);
        Section recovery = watch.part(Watches.ON_RECOVERY);
        OnUnknown onUnknown =
                new OnUnknown(unknown.get(Unknowns.NOTICE_AFTER), unknown.get(Unknowns.PROCEED) == Switch.ON);
        OnRecovery onRecovery = new OnRecovery(
                recovery.get(Recoveries.WITHDRAW) == Switch.ON, recovery.get(Recoveries.TELL) == Switch.ON);
        return zones.map(
                known -> new WatchConfig(fields, known, onUnknown, actions(rows, known), tellings(rows), onRecovery));
    }

    private static Optional<Freshness> freshness(Section watch) {
        Section fresh = watch.part(Watches.FRESH);
        return watch.has(Watches.FRESH)
                ? Optional.of(new Freshness(fresh.get(Fresh.TIMESTAMP), fresh.get(Fresh.MAX_AGE)))
                : Optional.empty();
    }

    private static Optional<Status> status(Section watch) {
        Section status = watch.part(Watches.STATUS);
        return watch.has(Watches.STATUS)
                ? Optional.of(new Status(status.get(StatusOptions.FIELD), status.get(StatusOptions.OK)))
                : Optional.empty();
    }

    private static Optional<Zones> zones(Section watch, List<Section> rows) {
        boolean above = rows.stream().anyMatch(row -> row.has(ZoneOptions.ABOVE));
        Zones.Builder zones = above ? Zones.above() : Zones.below();
        for (int i = 0; i < rows.size(); i++) {
            add(zones, rows.get(i), above, i == rows.size() - 1);
        }
        watch.find(Watches.RECOVER).orElse(Map.of()).forEach(zones::recover);
        boolean sound = watch.isSound();
        List<String> faults = zones.faults();
        if (sound) {
            faults.forEach(
                    fault -> watch.wrong(Watches.ZONES, fault, "order the zones worst first, the safe one last"));
        }
        return sound && faults.isEmpty() ? Optional.of(zones.build()) : Optional.empty();
    }

    private static void add(Zones.Builder zones, Section row, boolean above, boolean last) {
        String name = row.get(ZoneOptions.NAME);
        Optional<Boundary> below = row.find(ZoneOptions.BELOW);
        Optional<Boundary> beyond = above ? row.find(ZoneOptions.ABOVE) : below;
        if (above && row.has(ZoneOptions.BELOW)) {
            row.wrong(ZoneOptions.BELOW, "stands where other zones have above", "write all zones the same way");
        } else if (beyond.isPresent()) {
            zones.zone(name, beyond.get());
        } else if (last && !row.has(ZoneOptions.BELOW) && !row.has(ZoneOptions.ABOVE)) {
            zones.safe(name);
            checkNoAction(row);
        } else if (row.isSound()) {
            row.wrong(ZoneOptions.NAME, "the zone '" + name + "' has no boundary", "write below or above");
        }
    }

    private static void checkNoAction(Section safe) {
        if (safe.has(ZoneOptions.ACTION)) {
            safe.wrong(ZoneOptions.ACTION, "is in the safe zone, where nothing is done", "leave it out");
        }
    }

    private Map<String, ActIn> actions(List<Section> rows, Zones zones) {
        Map<String, ActIn> all = new LinkedHashMap<>();
        for (Section row : rows) {
            String zone = row.get(ZoneOptions.NAME);
            Optional<String> action = row.find(ZoneOptions.ACTION);
            if (action.isEmpty() && row.has(ZoneOptions.STOP)) {
                row.wrong(ZoneOptions.STOP, "stands without an action", "add 'action', or leave it out");
            } else if (action.isPresent() && zones.zone(zone).isPresent()) {
                checkAction(row, action.get());
                all.put(zone, new ActIn(action.get(), stop(row, zones, zone)));
            }
        }
        return all;
    }

    private static Map<String, WatchConfig.Telling> tellings(List<Section> rows) {
        Map<String, WatchConfig.Telling> all = new LinkedHashMap<>();
        rows.forEach(row -> all.put(
                row.get(ZoneOptions.NAME),
                WatchConfig.Telling.STANDARD.with(
                        row.find(ZoneOptions.TITLE), row.find(ZoneOptions.MESSAGE), row.find(ZoneOptions.SEVERITY))));
        return all;
    }

    private void checkAction(Section row, String action) {
        if (!actions.contains(action)) {
            row.wrong(
                    ZoneOptions.ACTION,
                    "there is no action '" + row.written(ZoneOptions.ACTION, action) + "'",
                    Nearest.to(action, actions)
                            .map(near -> "did you mean '" + near + "'?")
                            .orElse("name it below 'actions' at the left margin"));
        }
    }

    private static Boundary stop(Section row, Zones zones, String zone) {
        Boundary standard = zones.zone(zone).orElseThrow().recovery();
        Boundary stop = row.find(ZoneOptions.STOP).orElse(standard);
        try {
            zones.until(zone, stop);
            return stop;
        } catch (IllegalArgumentException e) {
            row.wrong(
                    ZoneOptions.STOP,
                    "is where the zone would not be over",
                    "write " + standard + " or a better level");
            return standard;
        }
    }
}
