package dev.sluice.server.command;

import dev.sluice.server.config.ConfigReader;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice check}: says what the configuration means, or what is wrong with it. */
@Command(
        name = "check",
        header = "Say what the configuration means, or all that is wrong with it.",
        description = "Reads file, environment and options as 'serve' does, and starts nothing.",
        footer = {
            "",
            "Examples:",
            "  sluice check",
            "  sluice check --config /etc/sluice/sluice.yaml",
            "  SLUICE_HTTP_PORT=9000 sluice check"
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOptions options;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CheckCommand(Surroundings surroundings) {
        options = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() {
        Optional<ConfigReader.Understood> understood =
                options.read(spec.commandLine().getErr());
        if (understood.isEmpty()) {
            return ExitCode.SOFTWARE;
        }
        PrintWriter out = spec.commandLine().getOut();
        String source = options.file().map(Object::toString).orElse("no file, so the defaults");
        out.println("Read " + source + "; no mistakes.");
        out.println();
        out.print(new ConfigSummary(understood.get().config()).text());
        if (!understood.get().settings().isEmpty()) {
            out.println();
            out.print(ConfigSummary.origins(understood.get().settings()));
        }
        understood.get().warnings().forEach(warning -> out.println("\nWarning: " + warning));
        out.flush();
        return ExitCode.OK;
    }
}
