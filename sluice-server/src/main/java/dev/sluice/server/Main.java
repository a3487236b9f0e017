package dev.sluice.server;

import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs the command that {@code args} name and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(SluiceCommand.line(Surroundings.ofProcess()).execute(args));
    }
}
