package dev.sluice.server.config;

import dev.sluice.DurationText;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.server.config.Options.Flows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts the {@code NOTIFICATION_*} variables over the flow {@code errors}. They stand behind {@code SLUICE_*} variables and
 * before the file; where a {@code SLUICE_*} variable says something else, that is a mistake. What is not set stays.
 */
final class NotificationVariables {
    /** The flow that they are about. */
    static final String FLOW = "errors";

    /** How many go out in one window. */
    static final String LIMIT = "NOTIFICATION_RATE_LIMIT_PER_HOUR";

    /** How long a window is. */
    static final String COOLDOWN = "NOTIFICATION_COOLDOWN_MINUTES";

    /** Which one of a window is a summary. */
    static final String THRESHOLD = "NOTIFICATION_AGGREGATE_THRESHOLD";

    /** Whether anything is held at all. */
    static final String ENABLED = "NOTIFICATION_RATE_LIMITING_ENABLED";

    static final List<String> ALL = List.of(LIMIT, COOLDOWN, THRESHOLD, ENABLED);

    /** What one of them is without the other, where the flow has no count or no window of its own. */
    private static final int STANDARD_LIMIT = 5;

    private static final String STANDARD_WINDOW = "60m";

    /** The share of the limit that a backfill gets in the flow that is there without a file. */
    private static final int BACKFILL_SHARE = 5;

    private static final String BACKFILL = "backfill";

    private static final int MOST = 1_000_000;
    private static final int MOST_MINUTES = 36_500 * 24 * 60;
    private static final Kind<Integer> COUNT = Kind.integer(1, MOST);
    private static final Kind<Integer> MINUTES = Kind.integer(1, MOST_MINUTES);
    private static final Map<String, Flows.Switch> WORDS = Map.of(
            "true", Flows.Switch.ON,
            "1", Flows.Switch.ON,
            "yes", Flows.Switch.ON,
            "on", Flows.Switch.ON,
            "false", Flows.Switch.OFF,
            "0", Flows.Switch.OFF,
            "no", Flows.Switch.OFF,
            "off", Flows.Switch.OFF);

    private final Map<String, String> variables;
    private final Mistakes mistakes;
    private final List<String> warnings;
    private final Optional<Integer> limit;
    private final Optional<Integer> minutes;
    private final Optional<Integer> threshold;
    private final Optional<Flows.Switch> limiting;

    /** @param warnings takes what is worth saying and no mistake */
    NotificationVariables(Map<String, String> environment, Mistakes mistakes, List<String> warnings) {
        this.variables = environment;
        this.mistakes = mistakes;
        this.warnings = warnings;
        this.limit = number(LIMIT, COUNT);
        this.minutes = number(COOLDOWN, MINUTES);
        this.threshold = number(THRESHOLD, COUNT);
        this.limiting = word();
    }

    /** The tree with them in it. */
    Item.Mapping over(Item.Mapping tree) {
        List<String> set = ALL.stream().filter(variables::containsKey).toList();
        Item.Mapping flows = tree.inner(Options.FLOWS.name());
        if (!set.isEmpty() && !flows.entries().containsKey(FLOW)) {
            set.forEach(name -> wrong(
                    name, "there is no flow '" + FLOW + "' that it could change", "name one in the file, or unset it"));
            return tree;
        }
        Item.Mapping flow = flows.inner(FLOW);
        Map<String, Item> changed = new LinkedHashMap<>();
        allow(flow).ifPresent(item -> changed.put(Flows.ALLOW.name(), item));
        Optional<Rule> rule =
                rule(changed.getOrDefault(Flows.ALLOW.name(), flow.entries().get(Flows.ALLOW.name())));
        rule.ifPresent(known -> summary(flow, known).ifPresent(item -> changed.put(Flows.SUMMARY_AT.name(), item)));
        claims(flow, changed, rule);
        variants(flow, rule).ifPresent(item -> changed.put(Flows.VARIANTS.name(), item));
        limiting.ifPresent(word -> changed.put(Flows.LIMITING.name(), scalar(Kind.word(word), ENABLED)));
        Item.Mapping with = tree;
        for (Map.Entry<String, Item> each : changed.entrySet()) {
            with = with.with(List.of(Options.FLOWS.name(), FLOW, each.getKey()), each.getValue());
        }
        return with;
    }

    /** The allowance; empty if none of both is set, or a {@code SLUICE_*} variable says the same. */
    private Optional<Item> allow(Item.Mapping flow) {
        if (limit.isEmpty() && minutes.isEmpty()) {
            return Optional.empty();
        }
        Optional<Item> written = Optional.ofNullable(flow.entries().get(Flows.ALLOW.name()));
        Optional<Rule> before = written.flatMap(NotificationVariables::rule)
                .filter(rule -> !rule.exclusive() && rule.window() != Micros.FOREVER);
        int count = limit.orElse(before.map(Rule::limit).orElse(STANDARD_LIMIT));
        String window = minutes.map(length -> length + "m")
                .orElse(before.map(rule -> DurationText.format(Micros.duration(rule.window())))
                        .orElse(STANDARD_WINDOW));
        String source = Stream.of(limit.map(set -> LIMIT), minutes.map(set -> COOLDOWN))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" and "));
        Item.Scalar item = scalar(count + " per " + window, source);
        Optional<Item> other = written.filter(this::isFromSluice);
        if (other.isPresent()) {
            same(
                    item,
                    other.get(),
                    before.isPresent() && same(before.get(), rule(item).orElseThrow()));
            return Optional.empty();
        }
        return Optional.of(item);
    }

    private static boolean same(Rule one, Rule other) {
        return one.limit() == other.limit() && one.window() == other.window();
    }

    /** Which use is the summary, with a warning if none can be. */
    private Optional<Item> summary(Item.Mapping flow, Rule rule) {
        if (threshold.isEmpty()) {
            return Optional.empty();
        }
        int use = threshold.get();
        boolean never = use < 2 || use > rule.limit();
        if (never) {
            String why = use < 2 ? "1 makes no summary of one" : use + " is above the limit of " + rule.limit();
            warnings.add(THRESHOLD + ": " + why + ", so no message is a summary; the digest tells what was held");
        }
        Item.Scalar item = scalar(Integer.toString(never ? 0 : use), THRESHOLD);
        Optional<Item> other =
                Optional.ofNullable(flow.entries().get(Flows.SUMMARY_AT.name())).filter(this::isFromSluice);
        if (other.isPresent()) {
            same(item, other.get(), text(other.get()).equals(Integer.toString(use)));
            return Optional.empty();
        }
        return Optional.of(item);
    }

    /** Above what can be claimed, passes count at once; nobody who sets a number should have to know that. */
    private void claims(Item.Mapping flow, Map<String, Item> changed, Optional<Rule> rule) {
        boolean needed = limit.isPresent() && rule.isPresent() && rule.get().limit() > Rule.MAX_CLAIMED_LIMIT;
        Optional<Item> written = Optional.ofNullable(flow.entries().get(Flows.CLAIMS.name()));
        if (needed && written.filter(this::isFromSluice).isEmpty()) {
            changed.put(Flows.CLAIMS.name(), scalar(Kind.word(Flows.Switch.OFF), LIMIT));
        }
    }

    /** Where no file says otherwise, a backfill gets a fifth of what the flow allows. */
    private Optional<Item> variants(Item.Mapping flow, Optional<Rule> rule) {
        boolean standard = flow.place().source().equals(ConfigReader.STANDARD_SOURCE);
        if (!standard || rule.isEmpty() || (limit.isEmpty() && minutes.isEmpty())) {
            return Optional.empty();
        }
        return Optional.ofNullable(flow.entries().get(Flows.VARIANTS.name()))
                .filter(Item.Listing.class::isInstance)
                .map(listing -> withBackfill((Item.Listing) listing, rule.get()));
    }

    private Item withBackfill(Item.Listing variants, Rule rule) {
        int share = Math.max(1, rule.limit() / BACKFILL_SHARE);
        String window = DurationText.format(Micros.duration(rule.window()));
        Item.Scalar allow = scalar(share + " per " + window, limit.isPresent() ? LIMIT : COOLDOWN);
        List<Item> items = new ArrayList<>();
        for (Item variant : variants.items()) {
            boolean backfill = variant instanceof Item.Mapping mapping
                    && text(mapping.entries().getOrDefault(Options.Variants.NAME.name(), variant))
                            .equals(BACKFILL);
            items.add(
                    backfill ? ((Item.Mapping) variant).with(List.of(Options.Variants.ALLOW.name()), allow) : variant);
        }
        return new Item.Listing(List.copyOf(items), variants.place());
    }

    /** Two variables that say different things about one value leave it open who is right. */
    private void same(Item.Scalar item, Item other, boolean same) {
        if (!same) {
            wrong(
                    item.place().source(),
                    "says '" + item.text() + "' and " + other.place().source() + " says '" + text(other) + "'",
                    "unset one of them");
        }
    }

    private boolean isFromSluice(Item item) {
        String source = item.place().source();
        return source.startsWith(Environment.PREFIX) && variables.containsKey(source);
    }

    private Optional<Integer> number(String name, Kind<Integer> kind) {
        if (!variables.containsKey(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(kind.read(scalar(variables.getOrDefault(name, ""), name)));
        } catch (Kind.WrongValue e) {
            wrong(name, "'" + variables.get(name) + "' " + e.reason(), "write only the number, or unset it");
            return Optional.empty();
        }
    }

    private Optional<Flows.Switch> word() {
        String text = variables.getOrDefault(ENABLED, "");
        Optional<Flows.Switch> word = Optional.ofNullable(WORDS.get(text.toLowerCase(Locale.ROOT)));
        if (variables.containsKey(ENABLED) && word.isEmpty()) {
            wrong(ENABLED, "'" + text + "' is neither yes nor no", "write true or false, or unset it");
        }
        return word;
    }

    private static Optional<Rule> rule(@Nullable Item item) {
        try {
            return item instanceof Item.Scalar scalar ? Optional.of(RuleReader.bare(scalar.text())) : Optional.empty();
        } catch (IllegalArgumentException e) {
            // Told where the flow is read.
            return Optional.empty();
        }
    }

    private void wrong(String name, String what, String instead) {
        mistakes.add(new Place(name, 0), "", what, instead);
    }

    private static String text(Item item) {
        return item instanceof Item.Scalar scalar ? scalar.text() : "";
    }

    private static Item.Scalar scalar(String text, String source) {
        return new Item.Scalar(text, text, new Place(source, 0));
    }
}
