package dev.sluice.server.crash;

import dev.sluice.server.Clocks;
import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** The program on a machine whose clock is wrong by {@code -Dsluice.skew=PT5M}. */
final class SkewedMain {
    /** How far the clock of the process is ahead, as an ISO duration. */
    static final String SKEW = "sluice.skew";

    private SkewedMain() {}

    public static void main(String[] args) {
        InstantSource clock =
                InstantSource.offset(InstantSource.system(), Duration.parse(System.getProperty(SKEW, "PT0S")));
        Surroundings surroundings = new Surroundings(System.getenv(), Path.of(""), Clocks.skewed(clock));
        System.exit(SluiceCommand.line(surroundings).execute(args));
    }
}
