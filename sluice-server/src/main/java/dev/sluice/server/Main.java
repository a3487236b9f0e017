package dev.sluice.server;

import dev.sluice.server.command.SluiceCommand;
import dev.sluice.server.command.Surroundings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs the command that {@code args} name and ends the process with its exit code. */
    public static void main(String[] args) {
        // What was read as UTF-8 is written as UTF-8, whatever the locale: messages in a log know no locale.
        System.exit(SluiceCommand.line(Surroundings.ofProcess())
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args));
    }
}
