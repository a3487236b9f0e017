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
import java.util.function.Predicate;
import java.util.regex.Pattern;
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

    /** Nobody but these has names that begin so; others may well have variables that begin with NOTIFICATION. */
    private static final Pattern LIKE_OURS = Pattern.compile("NOTIFICATION_(RATE|COOLDOWN|AGGREGATE)_.*");

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
        environment.keySet().stream()
                .filter(name -> LIKE_OURS.matcher(name).matches() && !ALL.contains(name))
                .sorted()
                .forEach(name -> warnings.add(name + ": stands for nothing; "
                        + Nearest.to(name, ALL)
                                .map(near -> "did you mean " + near + "?")
                                .orElse("known are " + String.join(", ", ALL))));
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
        allow(flow).ifPresent(item -> lay(changed, flow, Flows.ALLOW, item, other -> same(other, item)));
        Optional<Rule> rule =
                rule(changed.getOrDefault(Flows.ALLOW.name(), flow.entries().get(Flows.ALLOW.name())));
        rule.ifPresent(known -> {
            summary(known).ifPresent(item -> lay(changed, flow, Flows.SUMMARY_AT, item, this::saysThreshold));
            if (limit.isPresent() && known.limit() > Rule.MAX_CLAIMED_LIMIT) {
                // Nobody who sets a number should have to know what can be claimed.
                Item.Scalar off = scalar(Kind.word(Flows.Switch.OFF), LIMIT);
                lay(changed, flow, Flows.CLAIMS, off, other -> text(other).equals(off.text()));
            }
            variants(flow, known).ifPresent(item -> changed.put(Flows.VARIANTS.name(), item));
        });
        limiting.map(word -> scalar(Kind.word(word), ENABLED))
                .ifPresent(item -> lay(
                        changed,
                        flow,
                        Flows.LIMITING,
                        item,
                        other -> text(other).equals(item.text())));
        Item.Mapping with = tree;
        for (Map.Entry<String, Item> each : changed.entrySet()) {
            with = with.with(List.of(Options.FLOWS.name(), FLOW, each.getKey()), each.getValue());
        }
        return with;
    }

    /** Puts {@code item} in the place of what the file says; what a {@code SLUICE_*} variable says stays, and must agree. */
    private void lay(
            Map<String, Item> changed,
            Item.Mapping flow,
            Entry.Option<?> option,
            Item.Scalar item,
            Predicate<Item> agrees) {
        Optional<Item> other =
                Optional.ofNullable(flow.entries().get(option.name())).filter(this::isFromSluice);
        if (other.isEmpty()) {
            changed.put(option.name(), item);
        } else if (!agrees.test(other.get())) {
            wrong(
                    item.place().source(),
                    "says '" + item.text() + "' and " + other.get().place().source() + " says '" + text(other.get())
                            + "'",
                    "unset one of them");
        }
    }

    /** The allowance; empty if neither of both is set. */
    private Optional<Item.Scalar> allow(Item.Mapping flow) {
        if (limit.isEmpty() && minutes.isEmpty()) {
            return Optional.empty();
        }
        Optional<Rule> before = rule(flow.entries().get(Flows.ALLOW.name()))
                .filter(rule -> !rule.exclusive() && rule.window() != Micros.FOREVER);
        int count = limit.orElse(before.map(Rule::limit).orElse(STANDARD_LIMIT));
        String window = minutes.map(length -> length + "m")
                .orElse(before.map(NotificationVariables::window).orElse(STANDARD_WINDOW));
        String source = Stream.of(limit.map(set -> LIMIT), minutes.map(set -> COOLDOWN))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" and "));
        return Optional.of(scalar(count + " per " + window, source));
    }

    private static String window(Rule rule) {
        return DurationText.format(Micros.duration(rule.window()));
    }

    private static boolean same(Item one, Item other) {
        return rule(one)
                .flatMap(first ->
                        rule(other).map(second -> first.limit() == second.limit() && first.window() == second.window()))
                .orElse(false);
    }

    /** Which use is the summary, with a warning if none can be. */
    private Optional<Item.Scalar> summary(Rule rule) {
        if (threshold.isEmpty()) {
            return Optional.empty();
        }
        int use = threshold.get();
        Optional<String> never = RuleReader.noSummary(use, rule);
        never.ifPresent(why -> warnings.add(THRESHOLD + ": " + why));
        return Optional.of(scalar(Integer.toString(never.isPresent() ? 0 : use), THRESHOLD));
    }

    private boolean saysThreshold(Item other) {
        return threshold.map(Object::toString).equals(Optional.of(text(other)));
    }

    /** Where no file says otherwise, a backfill gets a fifth of what the flow allows. */
    private Optional<Item> variants(Item.Mapping flow, Rule rule) {
        boolean standard = flow.place().source().equals(ConfigReader.STANDARD_SOURCE);
        boolean changed = limit.isPresent() || minutes.isPresent();
        return Optional.ofNullable(flow.entries().get(Flows.VARIANTS.name()))
                .filter(variants -> standard && changed && variants instanceof Item.Listing)
                .map(variants -> withBackfill((Item.Listing) variants, rule));
    }

    private Item withBackfill(Item.Listing variants, Rule rule) {
        int share = Math.max(1, rule.limit() / BACKFILL_SHARE);
        Item.Scalar allow = scalar(share + " per " + window(rule), limit.isPresent() ? LIMIT : COOLDOWN);
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
