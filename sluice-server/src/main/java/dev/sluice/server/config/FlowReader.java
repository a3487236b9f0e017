package dev.sluice.server.config;

import dev.sluice.Backoff;
import dev.sluice.Budget;
import dev.sluice.DurationText;
import dev.sluice.Fingerprint;
import dev.sluice.OnOutage;
import dev.sluice.Per;
import dev.sluice.Rule;
import dev.sluice.SubjectRecipe;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Sending;
import dev.sluice.outbox.Watched;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.FlowConfig.Variant;
import dev.sluice.server.config.Options.Failures;
import dev.sluice.server.config.Options.Flows;
import dev.sluice.server.config.Options.Subjects;
import dev.sluice.server.config.Options.Variants;
import dev.sluice.server.config.WatchOptions.Groups;
import dev.sluice.server.config.WatchOptions.Recipients;
import dev.sluice.server.config.WatchOptions.Sources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one flow. */
final class FlowReader {
    private final Set<String> channels;
    private final Map<String, Budget> budgets;
    private final Duration attemptLease;
    private final WatchReader watches;
    private final SourceReader sources;
    private final MailReader mails;
    private final Mistakes mistakes;
    private final List<String> warnings;

    /**
     * @param channels the names that there are
     * @param budgets those that there are
     * @param warnings takes what is worth saying and no mistake
     */
    FlowReader(
            Set<String> channels,
            Map<String, Budget> budgets,
            Duration attemptLease,
            Readers readers,
            Mistakes mistakes,
            List<String> warnings) {
        this.watches = readers.watches;
        this.sources = readers.sources;
        this.mails = readers.mails;
        this.channels = channels;
        this.budgets = budgets;
        this.attemptLease = attemptLease;
        this.mistakes = mistakes;
        this.warnings = warnings;
    }

    /** Those that read its larger parts. */
    record Readers(WatchReader watches, SourceReader sources, MailReader mails) {}

    FlowConfig read(String name, Item item) {
        Section flow = Section.of(Flows.TABLE, item, "flows." + name, mistakes);
        checkName(flow, name);
        List<String> to = flow.get(Flows.CHANNELS);
        checkChannels(flow, Flows.CHANNELS, to, channels);
        OnFailure onFailure = onFailure(flow.part(Flows.ON_FAILURE));
        Backoff rests = new Backoff(onFailure.first(), onFailure.factor(), onFailure.max());
        RuleReader reader = new RuleReader(flow, !to.isEmpty(), rests);
        Map<String, Rule> rules = new LinkedHashMap<>();
        int summaryAt = flow.get(Flows.SUMMARY_AT);
        Rule rule = reader.rule(flow, Flows.ALLOW, summaryAt);
        rules.put("", rule);
        warn(flow, Flows.SUMMARY_AT, summaryAt, rule);
        List<Variant> variants = variants(flow, reader, rules);
        LevelsConfig levels = levels(flow);
        // A zone is a variant, with the rule of the flow unless it has one of its own.
        levels.watch().ifPresent(watch -> watch.zones().bad().forEach(zone -> rules.putIfAbsent(zone.name(), rule)));
        checkOutage(flow, rules);
        FlowPlan plan = new FlowPlan(
                name,
                Map.copyOf(rules),
                sending(to, onFailure, levels),
                false,
                shadow(flow, rules),
                budgets(flow, !to.isEmpty()),
                levels.watch().map(WatchConfig::recovery).map(over -> new Watched(over.withdraw(), over.tell())));
        return new FlowConfig(plan, subject(flow), variants, levels, mail(flow, to), scan(flow, levels.recipients()));
    }

    private Optional<MailConfig> mail(Section flow, List<String> channels) {
        if (!flow.has(Flows.MAIL)) {
            return Optional.empty();
        }
        if (channels.isEmpty()) {
            flow.wrong(Flows.MAIL, "is of a flow without channels, which sends nothing", "add 'channels'");
        }
        return mails.read(flow.part(Flows.MAIL));
    }

    private static Sending sending(List<String> channels, OnFailure onFailure, LevelsConfig levels) {
        Sending sending = new Sending(channels, onFailure);
        return levels.group().map(group -> sending.grouping(group.waits())).orElse(sending);
    }

    private LevelsConfig levels(Section flow) {
        Optional<WatchConfig> watch = flow.has(Flows.WATCH) ? watches.read(flow.part(Flows.WATCH)) : Optional.empty();
        Optional<SourceConfig> source = sources.read(flow.part(Flows.SOURCE));
        if (source.isPresent() && !flow.has(Flows.WATCH)) {
            flow.wrong(Flows.SOURCE, "brings levels, and nothing judges them", "add 'watch'");
        }
        if (flow.has(Flows.WATCH) && flow.has(Flows.SUBJECT)) {
            flow.wrong(Flows.SUBJECT, "is said by each level itself", "leave it out");
        }
        Section group = flow.part(Flows.GROUP);
        Section recipients = flow.part(Flows.RECIPIENTS);
        return new LevelsConfig(
                watch,
                source,
                flow.has(Flows.GROUP)
                        ? Optional.of(new GroupConfig(group.get(Groups.BY), group.get(Groups.WAIT)))
                        : Optional.empty(),
                flow.has(Flows.RECIPIENTS)
                        ? Optional.of(new RecipientsConfig(
                                recipients.get(Recipients.FIELD), recipients.get(Recipients.LOOK_EVERY)))
                        : Optional.empty());
    }

    private static Optional<ScanConfig> scan(Section flow, Optional<RecipientsConfig> recipients) {
        Section source = flow.part(Flows.SOURCE);
        if (!source.has(Sources.SCAN)) {
            return Optional.empty();
        }
        if (flow.has(Flows.WATCH)) {
            flow.wrong(Flows.WATCH, "judges levels, and a scan brings none", "leave one of them out");
        }
        if (flow.has(Flows.SUBJECT)) {
            flow.wrong(Flows.SUBJECT, "is made of the rows of the scan", "leave it out");
        }
        if (flow.has(Flows.GROUP)) {
            flow.wrong(Flows.GROUP, "cannot be: each candidate is looked at before it goes out", "leave it out");
        }
        if (flow.get(Flows.LIMITING) == Flows.Switch.OFF) {
            flow.wrong(Flows.LIMITING, "'off' would send each candidate at every scan", "leave it out");
        }
        if (flow.find(Flows.ON_OUTAGE).filter(it -> it != OnOutage.CLOSED).isPresent()) {
            flow.wrong(
                    Flows.ON_OUTAGE, "would send again what a scan finds again", "write closed: the next scan has it");
        }
        if (flow.get(Flows.CHANNELS).isEmpty()) {
            flow.wrong(Flows.CHANNELS, "are missing, so that nobody would send what a scan finds", "name a channel");
        }
        return Optional.of(ScanReader.read(source.part(Sources.SCAN), recipients));
    }

    private static void checkName(Section flow, String name) {
        Optional<String> owner = name.equals(OperatorConfig.FLOW)
                ? Optional.of("notices")
                : name.equals(Budget.FLOW) ? Optional.of("budgets") : Optional.empty();
        owner.ifPresent(it -> flow.wrong(
                Flows.ALLOW, "the name '" + name + "' belongs to " + it, "choose another name for the flow"));
    }

    private static boolean shadow(Section flow, Map<String, Rule> rules) {
        boolean shadow = flow.get(Flows.LIMITING) == Flows.Switch.OFF;
        if (shadow && rules.values().stream().anyMatch(Rule::exclusive)) {
            flow.wrong(Flows.LIMITING, "'off' would let two in at once", "leave it out: a rule is exclusive");
        }
        return shadow;
    }

    private List<Budget> budgets(Section flow, boolean sends) {
        List<Budget> charged = new ArrayList<>();
        for (String name : flow.get(Flows.BUDGETS)) {
            Budget budget = budgets.get(name);
            if (budget == null) {
                flow.wrong(
                        Flows.BUDGETS,
                        "there is no budget '" + flow.written(Flows.BUDGETS, name) + "'",
                        Nearest.to(name, budgets.keySet())
                                .map(near -> "did you mean '" + near + "'?")
                                .orElse("name it below 'budgets' at the left margin"));
            } else if (charged.contains(budget)) {
                flow.wrong(Flows.BUDGETS, "the budget '" + name + "' is here twice", "leave one of them out");
            } else if (!sends && (budget.per() == Per.RECIPIENT || budget.per() == Per.CHANNEL)) {
                flow.wrong(
                        Flows.BUDGETS,
                        "the budget '" + name + "' is per " + budget.per().word()
                                + ", and a flow without channels does not know where its callers send",
                        "add channels, or name a budget per flow or everything");
            } else {
                charged.add(budget);
            }
        }
        return List.copyOf(charged);
    }

    static void checkChannels(Section section, Option<?> option, List<String> named, Set<String> known) {
        for (String channel : named) {
            if (!known.contains(channel)) {
                String suggestion = Nearest.to(channel, known)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("known are " + String.join(", ", known));
                section.wrong(option, "there is no channel '" + section.written(option, channel) + "'", suggestion);
            }
        }
    }

    private List<Variant> variants(Section flow, RuleReader reader, Map<String, Rule> rules) {
        List<Variant> variants = new ArrayList<>();
        for (Section each : flow.parts(Flows.VARIANTS)) {
            String name = each.get(Variants.NAME);
            int summaryAt = each.find(Variants.SUMMARY_AT).orElseGet(() -> flow.get(Flows.SUMMARY_AT));
            Rule rule = reader.rule(each, Variants.ALLOW, summaryAt);
            // One that passes alone has nothing to sum up, and needs no line that says so.
            if (each.has(Variants.SUMMARY_AT) || (summaryAt > 1 && rule.limit() > 1 && !each.isStandard())) {
                warn(each, Variants.SUMMARY_AT, summaryAt, rule);
            }
            boolean sound = each.isSound();
            if (rules.putIfAbsent(name, rule) != null && sound) {
                each.wrong(
                        Variants.NAME,
                        "there is a variant '" + each.written(Variants.NAME, name) + "' already",
                        "choose another name");
            }
            variants.add(new Variant(name, each.find(Variants.WHEN).orElse(Map.of())));
        }
        return List.copyOf(variants);
    }

    private void warn(Section of, Option<?> option, int summaryAt, Rule rule) {
        RuleReader.noSummary(summaryAt, rule).ifPresent(why -> warnings.add(of.inner(option.name()) + ": " + why));
    }

    private static SubjectRecipe subject(Section flow) {
        if (!flow.has(Flows.SUBJECT)) {
            return new SubjectRecipe.Given();
        }
        Section subject = flow.part(Flows.SUBJECT);
        boolean spelled = subject.has(Subjects.FIELDS) || subject.has(Subjects.FINGERPRINT);
        if (spelled && subject.has(Subjects.HASH)) {
            subject.wrong(Subjects.HASH, "stands beside fields or a fingerprint", "write one of the two");
        } else if (!spelled && !subject.has(Subjects.HASH)) {
            flow.wrong(Flows.SUBJECT, "says nothing", "write fields, fingerprint or hash, or leave it out");
        }
        Optional<List<String>> hash = subject.find(Subjects.HASH);
        return hash.isPresent() ? new SubjectRecipe.Hashed(hash.get()) : spelled(subject);
    }

    private static SubjectRecipe spelled(Section subject) {
        List<String> fields = subject.find(Subjects.FIELDS).orElse(List.of());
        if (!subject.has(Subjects.FINGERPRINT)) {
            return new SubjectRecipe.Spelled(fields, Optional.empty());
        }
        Section print = subject.part(Subjects.FINGERPRINT);
        boolean normalise = print.get(Subjects.NORMALISE) == Flows.Switch.ON;
        return new SubjectRecipe.Spelled(
                fields, Optional.of(new Fingerprint(print.get(Subjects.FIELD), print.get(Subjects.CHARS), normalise)));
    }

    private OnFailure onFailure(Section failure) {
        Section retry = failure.part(Failures.RETRY);
        Duration first = retry.get(Failures.FIRST);
        Duration max = retry.get(Failures.MAX);
        if (max.compareTo(first) < 0) {
            if (retry.isSound()) {
                retry.wrong(Failures.MAX, "is shorter than first (" + DurationText.format(first) + ")", "lengthen it");
            }
            max = first;
        }
        Duration giveUp = failure.get(Failures.GIVE_UP);
        if (failure.isSound() && giveUp.compareTo(attemptLease) <= 0) {
            failure.wrong(
                    Failures.GIVE_UP,
                    "is not longer than one attempt (outbox.attempt-lease, " + DurationText.format(attemptLease) + ")",
                    "lengthen it, or shorten outbox.attempt-lease");
        }
        failure.get(Failures.THEN);
        return new OnFailure(
                first,
                retry.get(Failures.FACTOR),
                max,
                retry.get(Failures.JITTER),
                retry.get(Failures.FROM),
                retry.get(Failures.ATTEMPTS),
                giveUp);
    }

    /** Each rule of the flow does what the flow says; where it says nothing, what fits its allowance. */
    private static void checkOutage(Section flow, Map<String, Rule> rules) {
        Optional<OnOutage> said = flow.find(Flows.ON_OUTAGE);
        if (said.isPresent()
                && said.get() != OnOutage.CLOSED
                && rules.values().stream().anyMatch(Rule::exclusive)) {
            flow.wrong(
                    Flows.ON_OUTAGE,
                    "'" + Kind.word(said.get()) + "' could let two in at once",
                    "write closed: an exclusive rule admits nothing else");
        }
    }
}
