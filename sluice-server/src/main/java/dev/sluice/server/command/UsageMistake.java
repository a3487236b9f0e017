package dev.sluice.server.command;

import dev.sluice.server.text.SafeText;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a mistake on the command line is answered with: what is wrong, and where help is, on standard error. For one
 * thread.
 */
public final class UsageMistake implements IParameterExceptionHandler {
    private static final int MOST_REASON = 500;

    /** For one command line and all its commands. */
    public UsageMistake() {}

    @Override
    public int handleParseException(ParameterException mistake, String[] arguments) {
        CommandLine line = mistake.getCommandLine();
        PrintWriter err = line.getErr();
        err.println(SafeText.escaped(String.valueOf(mistake.getMessage()), MOST_REASON));
        UnmatchedArgumentException.printSuggestions(mistake, err);
        err.println("See '" + line.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }
}
