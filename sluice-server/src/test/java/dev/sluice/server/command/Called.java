package dev.sluice.server.command;

import dev.sluice.server.Clocks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** What a command answered. */
record Called(int code, String out, String err) {
    static Called in(Path directory, Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = SluiceCommand.line(new Surroundings(environment, directory, Clocks.SYSTEM));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int code = line.execute(args);
        return new Called(code, out.toString(), err.toString());
    }
}
