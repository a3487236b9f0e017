package dev.sluice.server.config;

import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.outbox.Outbox;
import dev.sluice.server.config.Options.Budgets;
import dev.sluice.server.config.Options.Http;
import dev.sluice.server.config.Options.Operator;
import dev.sluice.server.config.Options.Outboxes;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the configuration. An option of the command line goes before a variable {@code SLUICE_*} of the environment, that
 * before {@code NOTIFICATION_*}, that before the file, and that before the default.
 *
 * @param file YAML 1.2; empty for none
 * @param environment variables: {@code SLUICE_*} for values, others for <code>${NAME}</code> in the file
 * @param data directory for {@code sluice.db}, as an option said it; goes before {@code store}, or before
 *     {@code database} where the store is a server
 * @param http {@code HOST:PORT} or {@code PORT}, as an option said it
 */
public record ConfigReader(
        Optional<Path> file, Map<String, String> environment, Optional<Path> data, Optional<String> http) {
    /** Where SQLite's file is kept unless something else is said, below the working directory. */
    public static final Path DATA = Path.of("data");

    private static final String FILE = "sluice.db";
    private static final String INBOX = "inbox";

    /** What they are named as the source of a value. */
    static final String STANDARD_SOURCE = "the standard flows";

    /** The flows where none are configured. */
    static final String STANDARD_FLOWS = """
            errors:
              subject: {fields: [processor, error_type], fingerprint: {field: message, chars: 100}}
              allow: 5 per 1h
              variants: [{name: backfill, when: {backfill: true}, allow: 1 per 1h}]
              summary-at: 3
              digest: at-close
              channels: [inbox]
            """;

    /**
     * Reads and checks everything.
     *
     * @throws ConfigException with all mistakes, if there is one
     */
    public ServerConfig read() throws ConfigException {
        return understand().config();
    }

    /**
     * As {@link #read}, and says where the values came from.
     *
     * @throws ConfigException with all mistakes, if there is one
     */
    public Understood understand() throws ConfigException {
        Mistakes mistakes = new Mistakes();
        List<String> warnings = new ArrayList<>();
        Item.Mapping named = new Environment(environment, mistakes).over(fromFile(mistakes));
        Item.Mapping tree = withOptions(new NotificationVariables(environment, mistakes, warnings).over(named));
        ServerConfig config = config(Section.of(Options.ROOT, tree, "", mistakes), mistakes, warnings);
        mistakes.check();
        warnings.addAll(unused(config));
        return new Understood(config, Setting.of(tree), List.copyOf(warnings));
    }

    /**
     * A configuration, and how it came about.
     *
     * @param config what holds
     * @param settings every value that is not a default, and where it came from
     * @param warnings what is worth saying and no mistake
     */
    public record Understood(ServerConfig config, List<Setting> settings, List<String> warnings) {}

    private Item.Mapping fromFile(Mistakes mistakes) {
        String source = file.map(Path::toString).orElse("");
        Item item = new YamlText(source, true, new Variables(environment), mistakes).read(text(mistakes));
        Item.Mapping tree = new Item.Mapping(Map.of(), new Place(source, file.isPresent() ? 1 : 0));
        if (item instanceof Item.Mapping mapping) {
            tree = mapping;
        } else if (!(item instanceof Item.Nothing)) {
            mistakes.add(item.place(), "", "is " + item.noun() + ", not a map", "write 'name: value'");
        }
        if (tree.entries().get(Options.HTTP.name()) instanceof Item.Scalar address) {
            tree = tree.with(List.of(Options.HTTP.name()), HttpAddress.spread(address));
        }
        return tree.entries().containsKey(Options.FLOWS.name())
                ? tree
                : tree.with(List.of(Options.FLOWS.name()), standardFlows(mistakes));
    }

    private static Item standardFlows(Mistakes mistakes) {
        return new YamlText(STANDARD_SOURCE, false, new Variables(Map.of()), mistakes).read(STANDARD_FLOWS);
    }

    private String text(Mistakes mistakes) {
        if (file.isEmpty()) {
            return "";
        }
        Place place = new Place(file.get().toString(), 0);
        try {
            String text = Files.readString(file.get());
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            mistakes.add(place, "", "there is no such file", "name one that exists with --config");
        } catch (CharacterCodingException e) {
            mistakes.add(place, "", "is not text in UTF-8", "save it as UTF-8");
        } catch (IOException e) {
            mistakes.add(place, "", "cannot be read (" + e.getClass().getSimpleName() + ")", "check what it is");
        }
        return "";
    }

    private Item.Mapping withOptions(Item.Mapping tree) {
        Item.Mapping with = tree;
        if (http.isPresent()) {
            Item.Scalar said = new Item.Scalar(http.get(), http.get(), new Place("--http", 0));
            with = with.merge(Options.HTTP.name(), HttpAddress.spread(said));
        }
        if (data.isPresent()) {
            String file = new StoreUrl.Sqlite(data.get().resolve(FILE)).toString();
            with = with.with(List.of(fileOption(with)), new Item.Scalar(file, file, new Place("--data", 0)));
        }
        return with;
    }

    /** What the file of {@code --data} is: the store, or the database beside a store that is a server. */
    private static String fileOption(Item.Mapping tree) {
        boolean server = tree.entries().get(Options.STORE.name()) instanceof Item.Scalar store
                && store.text().contains("://");
        return server ? Options.DATABASE.name() : Options.STORE.name();
    }

    /** What files that the configuration names are relative to. */
    private Path directory() {
        return file.map(Path::toAbsolutePath).map(Path::getParent).orElse(Path.of(""));
    }

    private ServerConfig config(Section root, Mistakes mistakes, List<String> warnings) {
        HttpConfig web = http(root.part(Options.HTTP));
        StoreConfig stores = new StoreReader(root, warnings).read(new StoreUrl.Sqlite(DATA.resolve(FILE)));
        Outbox.Settings outbox = outbox(root.part(Options.OUTBOX));
        Map<String, ChannelConfig> channels = channels(root, outbox.attemptLease(), mistakes);
        Map<String, FlowConfig> flows = new LinkedHashMap<>();
        Map<String, Budget> budgets = budgets(root, mistakes);
        Map<String, ActionConfig> actions = ActionReader.actions(root, mistakes);
        FlowReader reader = new FlowReader(
                channels.keySet(),
                budgets,
                outbox.attemptLease(),
                new FlowReader.Readers(
                        new WatchReader(actions.keySet()),
                        new SourceReader(stores.store()),
                        new MailReader(directory(), web.publicUrl(), mistakes, warnings)),
                mistakes,
                warnings);
        root.named(Options.FLOWS).forEach((name, item) -> flows.put(name, reader.read(name, item)));
        if (flows.isEmpty() && root.isSound()) {
            root.wrong(Options.FLOWS, "there is no flow", "name one, or leave 'flows' out for the standard ones");
        }
        Set<String> taken = new HashSet<>(flows.keySet());
        taken.addAll(actions.keySet());
        Map<String, JobConfig> jobs = new JobReader(mistakes).jobs(root, taken);
        flows.values().forEach(flow -> StoreReader.warning(stores.store(), flow).ifPresent(warnings::add));
        return new ServerConfig(
                stores,
                web,
                operator(root.part(Options.OPERATOR), channels),
                channels,
                new ServerConfig.Work(budgets, Collections.unmodifiableMap(flows), actions, jobs),
                outbox,
                root.part(Options.STATISTICS).get(Options.Statistics.LOG_EVERY));
    }

    private static Map<String, Budget> budgets(Section root, Mistakes mistakes) {
        Map<String, Budget> budgets = new LinkedHashMap<>();
        root.named(Options.BUDGETS)
                .forEach((name, item) ->
                        budgets.put(name, budget(name, Section.of(Budgets.TABLE, item, "budgets." + name, mistakes))));
        return Collections.unmodifiableMap(budgets);
    }

    /** A budget that nothing is charged to caps nothing. */
    private static List<String> unused(ServerConfig config) {
        return config.budgets().values().stream()
                .filter(budget -> config.flows().values().stream()
                        .noneMatch(flow -> flow.plan().budgets().contains(budget)))
                .map(budget ->
                        "budgets." + budget.name() + ": no flow is charged to it; name it in the 'budgets' of one")
                .toList();
    }

    private static Budget budget(String name, Section section) {
        String allowance = section.get(Budgets.ALLOW);
        Rule bare = RuleReader.bare(allowance);
        boolean telling = section.get(Budgets.DIGEST) == Budgets.Telling.AT_CLOSE;
        if (bare.exclusive() || bare.window() == Micros.FOREVER) {
            section.wrong(Budgets.ALLOW, "has no window", "write a number per time, for example 30 per 1h");
            allowance = Budgets.ALLOW.kind().example();
        }
        Rule.Builder rule = Rule.allow(allowance).charged();
        return new Budget(
                name,
                section.get(Budgets.PER),
                rule.digest(telling ? Digest.AT_CLOSE : Digest.OFF).build());
    }

    private static Map<String, ChannelConfig> channels(Section root, Duration attemptLease, Mistakes mistakes) {
        Map<String, ChannelConfig> channels = new LinkedHashMap<>();
        ChannelReader reader = new ChannelReader(attemptLease, mistakes);
        // A channel that cannot be read is still one that a flow may name.
        root.named(Options.CHANNELS)
                .forEach((name, item) ->
                        channels.put(name, reader.read(name, item).orElse(new ChannelConfig.Inbox())));
        channels.putIfAbsent(INBOX, new ChannelConfig.Inbox());
        return Collections.unmodifiableMap(channels);
    }

    private static HttpConfig http(Section section) {
        return new HttpConfig(
                section.get(Http.HOST),
                section.get(Http.PORT),
                new HttpConfig.Limits(
                        section.get(Http.MAX_BODY), section.get(Http.MAX_LINE), section.get(Http.MAX_HEADERS)),
                section.get(Http.REQUEST_TIMEOUT),
                section.find(Http.PUBLIC_URL));
    }

    private static OperatorConfig operator(Section section, Map<String, ChannelConfig> channels) {
        List<String> to = section.get(Operator.CHANNELS);
        FlowReader.checkChannels(section, Operator.CHANNELS, to, channels.keySet());
        Rule rule = RuleReader.bare(section.get(Operator.ALLOW));
        if (rule.exclusive() || rule.window() == Micros.FOREVER) {
            section.wrong(Operator.ALLOW, "has no window", "write a number per time, for example 10 per 1h");
        }
        return new OperatorConfig(to, rule);
    }

    private static Outbox.Settings outbox(Section section) {
        Duration tick = section.get(Outboxes.TICK);
        return new Outbox.Settings(
                section.get(Outboxes.ATTEMPT_LEASE),
                section.get(Outboxes.WORKERS),
                tick,
                section.get(Outboxes.RETENTION));
    }
}
