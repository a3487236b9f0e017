package dev.sluice.server.command;

import dev.sluice.Budget;
import dev.sluice.Fingerprint;
import dev.sluice.Rule;
import dev.sluice.SubjectRecipe;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.HttpConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A configuration in a few short tables, without secrets. */
final class ConfigSummary {
    private static final int LONGEST_VALUE = 60;

    private final ServerConfig config;

    ConfigSummary(ServerConfig config) {
        this.config = config;
    }

    String text() {
        return TextTable.of(general()) + "\n" + TextTable.of(channels()) + "\n" + budgets() + TextTable.of(flows());
    }

    /** Each value that is not a default, and where it came from. */
    static String origins(List<Setting> settings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("VALUE", "IS", "FROM"));
        settings.forEach(each -> rows.add(List.of(each.path(), cut(each.value()), each.from())));
        return TextTable.of(rows);
    }

    /** One line, though the value may have many. */
    private static String cut(String value) {
        String line = value.replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() <= LONGEST_VALUE ? line : line.substring(0, LONGEST_VALUE) + "...";
    }

    private List<List<String>> general() {
        HttpConfig http = config.http();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("store", config.store().toString()));
        if (config.stores().isSplit()) {
            rows.add(List.of("database", config.stores().database().toString()));
        }
        rows.addAll(List.of(
                List.of("http", http.host() + ":" + http.port()),
                List.of(
                        "operator",
                        config.operator().rule().allowance() + " to "
                                + String.join(", ", config.operator().channels()))));
        return rows;
    }

    private List<List<String>> channels() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CHANNEL", "TYPE", "WHERE"));
        config.channels().forEach((name, channel) -> rows.add(List.of(name, channel.type(), where(channel))));
        return rows;
    }

    private static String where(ChannelConfig channel) {
        if (channel instanceof ChannelConfig.Smtp smtp) {
            String to = smtp.envelope().to().isEmpty()
                    ? ""
                    : " to " + String.join(", ", smtp.envelope().to());
            return smtp.host() + ":" + smtp.port() + " (" + word(smtp.security()) + ")" + to;
        } else if (channel instanceof ChannelConfig.Webhook webhook) {
            return webhook.url()
                    + (webhook.request().body().isPresent() ? " (by a template)" : "")
                    + (webhook.secret().isPresent() ? " (signed)" : "");
        }
        return channel instanceof ChannelConfig.Log log ? "level " + word(log.level()) : "the console";
    }

    private String budgets() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("BUDGET", "ALLOWS", "PER"));
        config.budgets()
                .values()
                .forEach(each -> rows.add(
                        List.of(each.name(), each.rule().allowance(), each.per().word())));
        return config.budgets().isEmpty() ? "" : TextTable.of(rows) + "\n";
    }

    private List<List<String>> flows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("FLOW", "ALLOWS", "SUBJECT", "CHANNELS", "HELD ONES"));
        for (FlowConfig flow : config.flows().values()) {
            List<String> channels = flow.plan().channels();
            Rule rule = flow.rule("");
            rows.add(List.of(
                    flow.name(),
                    allows(rule),
                    subject(flow.subject()),
                    channels.isEmpty() ? "none: callers get a claim" : String.join(", ", channels),
                    held(flow, rule)));
            flow.variants()
                    .forEach(each -> rows.add(List.of("  " + each.name(), allows(flow.rule(each.name())), when(each))));
        }
        return rows;
    }

    private static String held(FlowConfig flow, Rule rule) {
        List<String> budgets = flow.plan().budgets().stream().map(Budget::name).toList();
        return (flow.plan().shadow() ? "go out: limiting is off" : word(rule.digest()))
                + (budgets.isEmpty() ? "" : ", and by budget " + String.join(", ", budgets));
    }

    private static String allows(Rule rule) {
        String summary = rule.summaryAt() > 0 ? ", summary at " + rule.summaryAt() : "";
        return rule.allowance() + summary + (rule.charged() ? ", no claims" : "");
    }

    private static String when(FlowConfig.Variant variant) {
        return variant.when().isEmpty()
                ? "where the caller says so"
                : variant.when().entrySet().stream()
                        .map(each -> each.getKey() + " is " + each.getValue())
                        .collect(Collectors.joining(" and "));
    }

    private static String subject(SubjectRecipe recipe) {
        if (recipe instanceof SubjectRecipe.Spelled spelled) {
            Stream<String> print = spelled.fingerprint().stream().map(ConfigSummary::fingerprint);
            return Stream.concat(spelled.fields().stream(), print).collect(Collectors.joining(" / "));
        }
        return recipe instanceof SubjectRecipe.Hashed hashed
                ? "hash of " + String.join(", ", hashed.fields())
                : "given by the caller";
    }

    private static String fingerprint(Fingerprint print) {
        return print.field() + "[" + print.chars() + (print.normalise() ? "]" : "] as it stands");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
