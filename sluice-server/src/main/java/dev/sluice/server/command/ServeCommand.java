package dev.sluice.server.command;

import dev.sluice.StoreException;
import dev.sluice.server.Clocks;
import dev.sluice.server.Server;
import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice serve}: runs the server until it is told to stop. */
@Command(
        name = "serve",
        header = "Run the server until it is stopped.",
        description = {
            "Without a configuration it keeps its state in ./data, listens on 127.0.0.1:8420, and has one flow,"
                    + " 'errors', whose messages go to the inbox of its console.",
            "SIGTERM and SIGINT stop it: it takes nothing new, lets what is running end, and closes the store."
        },
        footer = {
            "",
            "Examples:",
            "  sluice serve",
            "  sluice serve --config /etc/sluice/sluice.yaml",
            "  sluice serve --data /var/lib/sluice --http 127.0.0.1:9000"
        })
final class ServeCommand implements Callable<Integer> {
    private static final System.Logger LOG = System.getLogger(ServeCommand.class.getName());

    @Mixin
    private final ConfigOptions options;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Clocks clocks;

    ServeCommand(Surroundings surroundings) {
        clocks = surroundings.clocks();
        options = new ConfigOptions(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
        Optional<ConfigReader.Understood> understood =
                options.read(spec.commandLine().getErr());
        if (understood.isEmpty()) {
            return ExitCode.SOFTWARE;
        }
        understood.get().warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        return run(understood.get().config());
    }

    private int run(ServerConfig config) throws InterruptedException {
        Server server;
        try {
            server = Server.start(config, clocks);
        } catch (IllegalArgumentException | IllegalStateException | StoreException e) {
            spec.commandLine().getErr().println("Sluice cannot start: " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "sluice-stop"));
        spec.commandLine()
                .getOut()
                .println("Sluice is ready at " + server.address() + " (store " + config.stores() + ", flows "
                        + String.join(", ", config.flows().keySet()) + ")");
        spec.commandLine().getOut().flush();
        // A signal runs the hook above, and ends the process.
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }
}
