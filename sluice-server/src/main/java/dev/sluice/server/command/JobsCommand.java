package dev.sluice.server.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.Key;
import dev.sluice.jobs.JobState;
import dev.sluice.server.feed.FeedException;
import dev.sluice.server.feed.RunningServer;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code sluice jobs}: does about the jobs of a running server what its HTTP API does. */
@Command(
        name = "jobs",
        header = "List the jobs of a running server; show, run, cancel or release one.",
        description =
                "A job is one of a kind and a subject. Those of all servers that share the database are shown, and what is done to one is in the ledger.",
        footer = {
            "",
            "Examples:",
            "  sluice jobs list",
            "  sluice jobs list --job mailbox --state dead",
            "  sluice jobs show mailbox 123",
            "  sluice jobs run mailbox 123 --by ann",
            "  sluice jobs list --server http://10.0.0.7:8420 --json"
        })
final class JobsCommand implements Runnable {
    private static final JsonMapper JSON = new JsonMapper();

    @Option(
            names = "--server",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Where the server listens (default: ${DEFAULT-VALUE}).")
    private URI server = URI.create("http://127.0.0.1:8420");

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "As the server answers: one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final String user;

    /** @param user who does it, where nobody else is named */
    JobsCommand(String user) {
        this.user = user;
    }

    /** Without a command there is nothing to do but to say what could be done. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            name = "list",
            header = "List jobs: of each kind those that run or are due first, dead ones last.",
            footer = {
                "",
                "Examples:",
                "  sluice jobs list",
                "  sluice jobs list --job mailbox --state dead --limit 1000"
            })
    int list(
            @Option(names = "--job", paramLabel = "JOB", description = "Only this kind.") @Nullable String job,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description =
                                    "Of these only those that are scheduled, queued, running, resting (they failed) or dead.")
                    @Nullable
                    JobState state,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            description = "How many of each kind are looked at, 1 to 1000 (default: ${DEFAULT-VALUE}).",
                            defaultValue = "100")
                    int limit) {
        String query = Stream.of(
                        Optional.ofNullable(job).map(name -> "job=" + encoded(name)),
                        Optional.ofNullable(state)
                                .map(each -> "state=" + each.name().toLowerCase(Locale.ROOT)),
                        Optional.of("limit=" + limit))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("&"));
        return answered(request -> request.GET(), "/v1/jobs?" + query, "jobs", JobTable::list);
    }

    @Command(
            name = "show",
            header = "Show how the job of a subject stands, and what is kept of the subject.",
            footer = {"", "Examples:", "  sluice jobs show mailbox 123", "  sluice jobs show mailbox 123 --json"})
    int show(
            @Parameters(paramLabel = "JOB", description = "The kind, as the configuration names it.") String job,
            @Parameters(paramLabel = "SUBJECT", description = "What the job is about.") String subject) {
        return answered(request -> request.GET(), path(job, subject), "job", JobTable::one);
    }

    @Command(
            name = "run",
            header = "Run a job now that waits for its time or its next attempt, or is dead.",
            footer = {"", "Examples:", "  sluice jobs run mailbox 123 --by ann"})
    int run(
            @Parameters(paramLabel = "JOB", description = "The kind, as the configuration names it.") String job,
            @Parameters(paramLabel = "SUBJECT", description = "What the job is about.") String subject,
            @Option(names = "--by", paramLabel = "NAME", description = "Who does it (default: the user).") @Nullable
                    String by) {
        return order("POST", path(job, subject) + "/run", job + " " + subject, by);
    }

    @Command(
            name = "cancel",
            header = "Cancel a job that waits, or is dead. One that is running ends by itself.",
            footer = {"", "Examples:", "  sluice jobs cancel mailbox 123 --by ann"})
    int cancel(
            @Parameters(paramLabel = "JOB", description = "The kind, as the configuration names it.") String job,
            @Parameters(paramLabel = "SUBJECT", description = "What the job is about.") String subject,
            @Option(names = "--by", paramLabel = "NAME", description = "Who does it (default: the user).") @Nullable
                    String by) {
        return order("DELETE", path(job, subject), job + " " + subject, by);
    }

    @Command(
            name = "release",
            header = "Take a running job away from its holder, and run it again.",
            description =
                    "The claim of the holder is stale from then on: its late effects are refused where the fence is checked.",
            footer = {"", "Examples:", "  sluice jobs release mailbox 123 --by ann"})
    int release(
            @Parameters(paramLabel = "JOB", description = "The kind, as the configuration names it.") String job,
            @Parameters(paramLabel = "SUBJECT", description = "What the job is about.") String subject,
            @Option(names = "--by", paramLabel = "NAME", description = "Who does it (default: the user).") @Nullable
                    String by) {
        return order("POST", path(job, subject) + "/release", job + " " + subject, by);
    }

    private int order(String method, String path, String what, @Nullable String by) {
        String body = JSON.valueToTree(Map.of("by", by == null ? user : by)).toString();
        return answered(
                request -> request.header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body)),
                path,
                "done",
                answer -> JobTable.done(what, answer));
    }

    /** @param member without which an answer is none of Sluice */
    private int answered(
            Function<HttpRequest.Builder, HttpRequest.Builder> request,
            String path,
            String member,
            Function<JsonNode, String> text) {
        if (!RunningServer.isAddress(server)) {
            throw new ParameterException(
                    spec.commandLine(), "--server must be an address such as http://127.0.0.1:8420");
        }
        try {
            RunningServer running = new RunningServer(server);
            String answer = running.answer(request.apply(running.request(path)).build());
            JsonNode read = read(answer, member);
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? answer + System.lineSeparator() : text.apply(read));
            out.flush();
            return ExitCode.OK;
        } catch (FeedException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(JobTable.reason(String.valueOf(e.getMessage())));
            err.flush();
            return ExitCode.SOFTWARE;
        }
    }

    private static JsonNode read(String answer, String member) throws FeedException {
        JsonNode node;
        try {
            node = JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            node = MissingNode.getInstance();
        }
        if (!node.has(member)) {
            throw new FeedException("What answers there knows no jobs; is it Sluice that listens there?");
        }
        return node;
    }

    private String path(String job, String subject) {
        if (!Key.isName(job)) {
            throw new ParameterException(spec.commandLine(), "'" + job + "' cannot name a job");
        } else if (subject.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "a subject has at least one character");
        }
        return "/v1/jobs/" + job + "/" + encoded(subject);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
