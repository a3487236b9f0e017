package dev.sluice.server.takeover;

import dev.sluice.Key;
import dev.sluice.redis.NameTemplate;
import dev.sluice.server.feed.FeedException;
import dev.sluice.server.feed.RunningServer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the command, and what is wrong with them. */
final class ImportOptions {
    private static final String USER = "SLUICE_IMPORT_USER";
    private static final String PASSWORD = "SLUICE_IMPORT_PASSWORD";

    @Option(names = "--flow", required = true, paramLabel = "NAME", description = "The flow to take over for.")
    String flow = "";

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            description = "The variant; of a flow with a watch the zone that was told of.")
    @Nullable
    String variant;

    @Option(
            names = {"--server", "--url"},
            paramLabel = "URL",
            description = "Where the server listens (default: ${DEFAULT-VALUE}).")
    URI server = URI.create("http://127.0.0.1:8420");

    @Option(
            names = "--apply",
            description = "Take over. Without it nothing is changed, and what would be done is shown.")
    boolean apply;

    @Option(
            names = "--jdbc",
            paramLabel = "URL",
            description = "Read rows of jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE or"
                    + " jdbc:mariadb://HOST/DATABASE. Nothing is written there.")
    private @Nullable String jdbc;

    @Option(
            names = "--query",
            paramLabel = "SQL",
            description =
                    "What to read: the columns subject, told_at (or time) or ends_at, and perhaps state. Times may"
                            + " have a zone or not, or be text, or seconds or milliseconds since 1970.")
    private @Nullable String query;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The zone of times that have none, such as UTC or Europe/Berlin.")
    private @Nullable String zone;

    @Option(names = "--told", split = ",", paramLabel = "STATE", description = "States that mean: it was told.")
    private List<String> told = new ArrayList<>();

    @Option(
            names = "--pending",
            split = ",",
            paramLabel = "STATE",
            description = "States that mean: somebody has it in hand since that time, and may have told it or not.")
    private List<String> pending = new ArrayList<>();

    @Option(names = "--skip", split = ",", paramLabel = "STATE", description = "States that are left alone.")
    private List<String> skip = new ArrayList<>();

    @Option(names = "--user", paramLabel = "NAME", description = "Who reads there. Default: $" + USER + ".")
    private @Nullable String user;

    @Option(
            names = "--password",
            arity = "0..1",
            interactive = true,
            paramLabel = "PASSWORD",
            description = "Without a value it is asked for. Default: $" + PASSWORD + ".")
    private @Nullable String password;

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description = "Read the keys of redis://HOST, rediss://HOST, redis-sentinel://HOSTS#MASTER or"
                    + " redis-cluster://HOSTS. Nothing is written there.")
    private @Nullable String redis;

    @Option(
            names = "--match",
            paramLabel = "PATTERN",
            description =
                    "Which keys, as SCAN takes it. What a key has left is what its window has left; those that never"
                            + " expire are only listed.")
    private @Nullable String match;

    @Option(
            names = "--subject",
            paramLabel = "TEMPLATE",
            description = "Where in the name the subject is, as in 'sent:<subject>', or 'sent:<type>:<id>' for TYPE:ID."
                    + " Default: what the * of --match stands for.")
    private @Nullable String subject;

    ImportOptions() {}

    /** Everything that is wrong with them. */
    List<String> mistakes() {
        List<String> all = new ArrayList<>();
        if (!Key.isName(flow)) {
            all.add("--flow: '" + flow + "' cannot name a flow");
        }
        if (!RunningServer.isAddress(server)) {
            all.add("--server must be an address such as http://127.0.0.1:8420");
        }
        if ((jdbc == null) == (redis == null)) {
            all.add("say where from, by either --jdbc or --redis");
        }
        if (jdbc != null) {
            jdbcMistakes(all, jdbc);
        }
        if (redis != null && match == null) {
            all.add("--redis needs --match, as in --match 'sent:*'");
        }
        if (jdbc == null && redis != null) {
            given("--query", query != null, all, "--jdbc");
            given("--zone", zone != null, all, "--jdbc");
            given("--told, --pending and --skip", !states().isEmpty(), all, "--jdbc");
        } else if (jdbc != null && redis == null) {
            given("--match", match != null, all, "--redis");
            given("--subject", subject != null, all, "--redis");
        }
        attempt("--zone", all, this::zone);
        Optional.ofNullable(match)
                .ifPresent(pattern -> attempt(subject == null ? "--match" : "--subject", all, () -> template(pattern)));
        states().ambiguous().forEach(state -> all.add("the state '" + state + "' cannot mean two things"));
        return all;
    }

    private void jdbcMistakes(List<String> all, String url) {
        if (query == null) {
            all.add("--jdbc needs --query, as in --query \"select subject, told_at from ...\"");
        }
        if (Product.of(url).isEmpty()) {
            all.add("--jdbc must begin with jdbc:sqlite:, jdbc:postgresql: or jdbc:mariadb:"
                    + (url.startsWith("jdbc:mysql:") ? "; try jdbc:mariadb: for MySQL" : ""));
        }
    }

    private static void given(String option, boolean given, List<String> all, String other) {
        if (given) {
            all.add(option + " is about " + other);
        }
    }

    private static void attempt(String option, List<String> all, Runnable read) {
        try {
            read.run();
        } catch (IllegalArgumentException | DateTimeException e) {
            all.add(option + ": " + e.getMessage());
        }
    }

    private Optional<ZoneId> zone() {
        return Optional.ofNullable(zone).map(ZoneId::of);
    }

    private NameTemplate template(String pattern) {
        return subject == null ? RedisFindings.template(pattern) : NameTemplate.of(subject);
    }

    private States states() {
        return new States(told, pending, skip);
    }

    /**
     * Connects; there are no mistakes.
     *
     * @param counted whether it is worth something to know how much there is
     * @throws FeedException if that is refused
     */
    Findings open(Map<String, String> environment, boolean counted) throws FeedException {
        Optional<String> name = Optional.ofNullable(user).or(() -> Optional.ofNullable(environment.get(USER)));
        Optional<String> secret =
                Optional.ofNullable(password).or(() -> Optional.ofNullable(environment.get(PASSWORD)));
        if (jdbc != null && query != null) {
            Properties login = new Properties();
            name.ifPresent(text -> login.setProperty("user", text));
            secret.ifPresent(text -> login.setProperty("password", text));
            return JdbcFindings.open(
                    new JdbcFindings.Ask(new ForeignDatabase(jdbc, login), query, states(), zone()), counted);
        } else if (redis != null && match != null) {
            return RedisFindings.open(withLogin(redis, name, secret), match, template(match));
        }
        throw new IllegalStateException("the options have mistakes");
    }

    private static String withLogin(String url, Optional<String> name, Optional<String> secret) {
        int host = url.indexOf("://") + 3;
        return secret.isEmpty() || url.contains("@") || host < 3
                ? url
                : url.substring(0, host) + encoded(name.orElse("")) + ":" + encoded(secret.get()) + "@"
                        + url.substring(host);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
