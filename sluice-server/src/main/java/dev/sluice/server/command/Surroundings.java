package dev.sluice.server.command;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param environment variables
 * @param directory where it was called
 */
public record Surroundings(Map<String, String> environment, Path directory) {
    /** Those of this process. */
    public static Surroundings ofProcess() {
        return new Surroundings(System.getenv(), Path.of(""));
    }
}
