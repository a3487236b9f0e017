package dev.sluice.server.command;

import dev.sluice.server.dedupe.DedupeCommand;
import dev.sluice.server.feed.FeedCommand;
import dev.sluice.server.feed.FingerprintCommand;
import dev.sluice.server.takeover.ImportCommand;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code sluice}: the command that all others hang on. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = SluiceCommand.Version.class,
        header = "The gate in front of everything your software sends or runs.",
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:the configuration has mistakes, or the command failed; standard error says why",
            " 2:the command line has a mistake",
            " 130, 143:stopped by SIGINT or SIGTERM, after what was running had ended"
        })
public final class SluiceCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private SluiceCommand() {}

    /** The command line with all commands. */
    public static CommandLine line(Surroundings surroundings) {
        CommandLine line = new CommandLine(new SluiceCommand());
        line.addSubcommand(new ServeCommand(surroundings));
        line.addSubcommand(new CheckCommand(surroundings));
        line.addSubcommand(new SchemaCommand(surroundings));
        line.addSubcommand(new FeedCommand());
        line.addSubcommand(new ImportCommand(surroundings.environment()));
        line.addSubcommand(new DedupeCommand(surroundings.environment()));
        line.addSubcommand(new FingerprintCommand());
        line.addSubcommand(new ExampleCommand());
        line.addSubcommand(new StatsCommand());
        line.addSubcommand(new JobsCommand(System.getProperty("user.name", "command line")));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(new UsageMistake());
        return line;
    }

    /** Without a command there is nothing to do but to say what could be done. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(
                            SluiceCommand.class.getPackage().getImplementationVersion())
                    .orElse("(unpackaged)");
            return new String[] {"sluice " + version};
        }
    }
}
