package dev.sluice.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.server.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The statistics that a server answered, for people. */
final class StatsTable {
    private static final double PERCENT = 100;
    private static final int LONGEST = 100;

    private final JsonNode answer;

    /** @param answer of one flow, or of all */
    StatsTable(JsonNode answer) {
        this.answer = answer;
    }

    String text() {
        List<JsonNode> flows = new ArrayList<>();
        answer.path("flows").forEach(flows::add);
        boolean all = answer.has("flows");
        if (!all) {
            flows.add(answer);
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("FLOW", "ALLOWS", "SUBJECTS", "OCCURRENCES", "SENT", "SUPPRESSED", "RATE"));
        flows.forEach(flow -> rows.add(row(flow.path("flow").asText(), allows(flow.path("config")), flow)));
        if (all && flows.size() > 1) {
            rows.add(row("all", "", answer));
        }
        StringBuilder text = new StringBuilder(TextTable.of(rows));
        flows.forEach(flow -> {
            text.append(loudest(flow, "most_suppressed", "subject", "Most suppressed"));
            text.append(loudest(flow, "noisiest_sources", "source", "Noisiest"));
        });
        return text.toString();
    }

    private static String allows(JsonNode config) {
        boolean enabled = config.path("rate_limiting_enabled").asBoolean(true);
        return config.path("allow").asText() + (enabled ? "" : " (limiting off)");
    }

    private static List<String> row(String name, String allows, JsonNode counts) {
        return List.of(
                name,
                allows,
                counts.path("tracked_signatures").asText(),
                counts.path("total_occurrences").asText(),
                counts.path("total_alerts_sent").asText(),
                counts.path("total_suppressed").asText(),
                String.format(
                        Locale.ROOT, "%.1f %%", counts.path("suppression_rate").asDouble() * PERCENT));
    }

    private static String loudest(JsonNode flow, String list, String what, String title) {
        List<List<String>> rows = new ArrayList<>();
        flow.path(list)
                .forEach(each -> rows.add(List.of(
                        "  " + each.path("count").asText(),
                        SafeText.line(each.path(what).asText(), LONGEST))));
        String head = "\n" + title + " in " + flow.path("flow").asText() + " by this server since its start:\n";
        return rows.isEmpty() ? "" : head + TextTable.of(rows);
    }
}
