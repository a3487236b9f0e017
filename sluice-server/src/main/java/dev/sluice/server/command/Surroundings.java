package dev.sluice.server.command;

import dev.sluice.server.Clocks;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param environment variables
 * @param directory where it was called
 * @param clocks whose time holds
 */
public record Surroundings(Map<String, String> environment, Path directory, Clocks clocks) {
    /** Those of this process. */
    public static Surroundings ofProcess() {
        return new Surroundings(System.getenv(), Path.of(""), Clocks.SYSTEM);
    }
}
