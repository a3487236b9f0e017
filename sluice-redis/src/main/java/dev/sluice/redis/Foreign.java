package dev.sluice.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What lies among the keys of this store and cannot be read: names that are none of its own, and states of another
 * format. Each is left alone, counted and told of once, so that it keeps nothing else from being found. Safe for use by
 * many threads.
 */
final class Foreign {
    private static final System.Logger LOG = System.getLogger(Foreign.class.getName());

    /** How many names are remembered; further ones are passed over without a word. */
    private static final int MOST = 100;

    private final Address address;
    private final Set<String> names = new HashSet<>();

    Foreign(Address address) {
        this.address = address;
    }

    /** It was found, again or for the first time. */
    synchronized void found(byte[] bytes, RuntimeException why) {
        String name = new String(bytes, StandardCharsets.UTF_8);
        if (names.size() < MOST && names.add(name)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1} lies among the keys of this gate and is left alone: {2}{3}",
                    address,
                    name,
                    why.getMessage(),
                    names.size() < MOST ? "" : "; it is the " + MOST + "th, and further ones are not named");
        }
    }

    /** How many different ones were found since the start, in a sentence; nothing if none was. */
    synchronized Optional<String> warning() {
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of((names.size() < MOST ? names.size() : MOST + " or more")
                        + " names among the keys of this gate are none of its own, or of another format, and are left"
                        + " alone; the log names them: delete them, or give the gate another prefix");
    }
}
