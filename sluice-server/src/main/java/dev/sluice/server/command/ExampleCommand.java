package dev.sluice.server.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sluice example}: so that it is in the list of commands. Examples are a program of their own, which the launcher
 * of a checkout runs; what they bring with them has no place in a server.
 */
@Command(name = "example", header = "Tell a story with real servers on both sides, in under a minute; or list them.")
final class ExampleCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", hidden = true)
    private List<String> given = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        String wanted = given.isEmpty() ? "" : " " + String.join(" ", given);
        spec.commandLine()
                .getErr()
                .println("Examples come with the sources, not with this program: run './sluice example" + wanted
                        + "' in a checkout.");
        return ExitCode.SOFTWARE;
    }
}
