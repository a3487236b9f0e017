package dev.sluice.server.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.Key;
import dev.sluice.server.feed.FeedException;
import dev.sluice.server.feed.RunningServer;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice stats}: shows what a running server let through and what it held. */
@Command(
        name = "stats",
        header = "Show what a running server let through, and what it held.",
        description =
                "Counts go back to the beginning of its database, and are those of all servers that share it; who is loudest is what this server decided since its start.",
        footer = {
            "",
            "Examples:",
            "  sluice stats",
            "  sluice stats --flow errors",
            "  sluice stats --url http://10.0.0.7:8420 --json"
        })
final class StatsCommand implements Callable<Integer> {
    @Option(
            names = {"--url", "--server"},
            paramLabel = "URL",
            description = "Where the server listens (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://127.0.0.1:8420");

    @Option(names = "--flow", paramLabel = "NAME", description = "Only this flow.")
    private @Nullable String flow;

    @Option(names = "--json", description = "As the server answers: one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        check();
        String path = Optional.ofNullable(flow)
                .map(name -> "/v1/flows/" + name + "/stats")
                .orElse("/v1/stats");
        try {
            String answer = new RunningServer(url).get(path);
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? answer + System.lineSeparator() : new StatsTable(read(answer)).text());
            out.flush();
            return ExitCode.OK;
        } catch (FeedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    private void check() {
        if (!RunningServer.isAddress(url)) {
            throw new ParameterException(spec.commandLine(), "--url must be an address such as http://127.0.0.1:8420");
        }
        if (flow != null && !Key.isName(flow)) {
            throw new ParameterException(spec.commandLine(), "'" + flow + "' cannot name a flow");
        }
    }

    private static JsonNode read(String answer) throws FeedException {
        JsonNode node;
        try {
            node = new JsonMapper().readTree(answer);
        } catch (JsonProcessingException e) {
            node = MissingNode.getInstance();
        }
        if (!node.has("total_occurrences")) {
            throw new FeedException("What answers there is no statistics; is it Sluice that listens there?");
        }
        return node;
    }
}
