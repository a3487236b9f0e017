package dev.sluice.examples;

import dev.sluice.server.command.UsageMistake;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice example}: tells one of the stories, or lists them. */
@Command(
        name = "sluice example",
        header = "Tell a story with real servers on both sides, in under a minute; without a name, list them.",
        description = {
            "Starts what the story needs beside a real Sluice, all on 127.0.0.1 and in a temporary directory, which is"
                    + " removed afterwards. Only the clock is moved by hand."
        },
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the story came out as it is told",
            " 1:it did not, or could not be run; standard error says why",
            " 2:the command line has a mistake"
        },
        footer = {
            "",
            "Examples:",
            "  sluice example",
            "  sluice example error-flood",
            "  sluice example error-flood --console",
            "  sluice example margin-call",
            "  sluice example margin-shortfall",
            "  sluice example abandoned-cart"
        })
final class ExampleCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Which one.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli asks for it
    private boolean help;

    @Option(
            names = "--console",
            description = "Leave the server running afterwards, so that its console can be looked at. Ctrl-C ends it.")
    private boolean console;

    @Option(names = "--keep", description = "Do not remove the directory, and say where it is.")
    private boolean keep;

    @Option(names = "--plain", description = "No colour, no progress bar, and nothing but ASCII.")
    private boolean plain;

    @Option(names = "--json", description = "Print the figures as JSON and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Screen screen;

    private ExampleCommand(Screen screen) {
        this.screen = screen;
    }

    /** The command line, writing to {@code screen} and to standard error. */
    static CommandLine line(Screen screen) {
        return new CommandLine(new ExampleCommand(screen))
                .setOut(screen.writer())
                .setParameterExceptionHandler(new UsageMistake());
    }

    @Override
    public Integer call() throws IOException {
        if (name.isEmpty()) {
            Examples.all().forEach(each -> screen.line("%-16s %s".formatted(each.name(), each.headline())));
            return ExitCode.OK;
        }
        Example example = Examples.named(name.get())
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(),
                        "There is no example '" + name.get() + "'. There are: "
                                + String.join(
                                        ", ",
                                        Examples.all().stream()
                                                .map(Example::name)
                                                .toList())));
        return tell(example);
    }

    private int tell(Example example) throws IOException {
        List<String> faults = new ArrayList<>();
        try (Stage stage = Stage.open(example.name(), screen(), new Stage.Wishes(console, keep, json))) {
            tell(example, stage, faults);
        }
        faults.forEach(fault -> spec.commandLine().getErr().println(fault));
        return faults.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static void tell(Example example, Stage stage, List<String> faults) {
        try {
            faults.addAll(example.tell(stage));
            if (faults.isEmpty()) {
                stage.linger(example.page());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            faults.add("It was interrupted.");
        } catch (Exception e) {
            // Who stops a story knows that it has not come to its end.
            if (!stage.isStruck()) {
                faults.add("It could not be run to its end: " + e);
            }
        }
    }

    private Screen screen() {
        return plain || json ? screen.plain() : screen;
    }
}
