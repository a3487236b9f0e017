package dev.sluice.server.watch;

import dev.sluice.server.config.WatchConfig;

/** Does what zones ask for. */
@FunctionalInterface
public interface Acting {
    /** A subject is in a zone that asks for this; nothing more happens if it is under way. Does not wait. */
    void begin(String flow, String zone, WatchConfig.ActIn act, LevelReport report);
}
