package dev.sluice.redis;

import dev.sluice.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at a node before it is used: what it says of itself, and what should be changed. */
final class Inspection {
    private static final int LEAST_MAJOR = 6;
    private static final int LEAST_MINOR = 2;

    private final Map<String, String> says;
    private final Optional<String> save;

    private Inspection(Map<String, String> says, Optional<String> save) {
        this.says = says;
        this.save = save;
    }

    /**
     * By the answer to INFO, and what CONFIG says of {@code save}: empty if it is unknown, because a user may lack that
     * right.
     */
    static Inspection of(String info, Optional<String> save) {
        Map<String, String> says = new TreeMap<>();
        info.lines().filter(line -> line.indexOf(':') > 0).forEach(line -> {
            int colon = line.indexOf(':');
            says.put(line.substring(0, colon), line.substring(colon + 1).trim());
        });
        return new Inspection(says, save);
    }

    /**
     * What should be changed, in whole sentences; empty if nothing.
     *
     * @param replicas how many replicas must have a pass
     * @throws StoreException if the server is too old
     */
    List<String> warnings(int replicas) {
        requireVersion();
        List<String> warnings = new ArrayList<>();
        String policy = says.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction")) {
            warnings.add("Redis evicts keys when its memory is full (maxmemory-policy " + policy
                    + "), and with them what was decided; set maxmemory-policy to noeviction");
        }
        if (says.getOrDefault("aof_enabled", "").equals("0")
                && save.filter(String::isBlank).isPresent()) {
            warnings.add(
                    "Redis keeps nothing on disk (appendonly no, save \"\"): a restart loses every window, claim and"
                            + " count, and what went out already may go out again; set appendonly to yes");
        }
        String connected = says.getOrDefault("connected_slaves", "");
        if (replicas > 0 && connected.matches("\\d{1,9}") && Integer.parseInt(connected) < replicas) {
            warnings.add("a pass must be on " + replicas + " replicas before it is answered, and " + connected
                    + " are connected: every pass fails until there are enough; connect them, or ask for fewer");
        }
        if (says.getOrDefault("cluster_state", "ok").equals("fail")) {
            warnings.add("the cluster does not serve all of its slots (cluster_state fail); see CLUSTER INFO");
        }
        return warnings;
    }

    private void requireVersion() {
        String version = says.getOrDefault("redis_version", "");
        String[] parts = version.split("\\.");
        try {
            int major = Integer.parseInt(parts[0]);
            int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            if (major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR)) {
                throw new StoreException(
                        "Redis " + version + " is too old: the store needs 6.2, or any Valkey; update the server");
            }
        } catch (NumberFormatException e) {
            // A server that does not say its version is taken for a new one.
        }
    }
}
