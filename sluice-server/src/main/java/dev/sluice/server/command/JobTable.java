package dev.sluice.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.server.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/** Jobs as a server answered them, for people. */
final class JobTable {
    private static final int LONGEST_CELL = 60;
    private static final int LONGEST_LINE = 2_000;
    private static final String NOTHING = "-";

    private JobTable() {}

    static String list(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("JOB", "SUBJECT", "STATE", "ATTEMPT", "NEXT RUN", "SINCE", "BY", "HOLDER", "FAILURE"));
        for (JsonNode job : answer.path("jobs")) {
            rows.add(List.of(
                    cell(job.path("job")),
                    cell(job.path("subject")),
                    cell(job.path("state")),
                    cell(job.path("attempt")),
                    cell(job.path("nextRunAt")),
                    cell(job.path("since")),
                    cell(job.path("by")),
                    cell(job.path("holder")),
                    cell(job.at("/failure/reason"))));
        }
        return rows.size() == 1 ? "There are no such jobs.\n" : TextTable.of(rows);
    }

    static String one(JsonNode job) {
        List<List<String>> rows = new ArrayList<>();
        add(rows, "job", job.path("job"));
        add(rows, "subject", job.path("subject"));
        add(rows, "state", job.path("state"));
        add(rows, "id", job.path("job_id"));
        add(rows, "attempt", job.path("attempt"));
        add(rows, "since", job.path("since"));
        add(rows, "by", job.path("by"));
        add(rows, "next run", job.path("nextRunAt"));
        add(rows, "holder", job.path("holder"));
        add(rows, "failed at", job.at("/failure/at"));
        add(rows, "because", job.at("/failure/reason"));
        add(rows, "followed by", job.at("/followUp/job_id"));
        add(rows, "schedule", job.path("schedule"));
        add(rows, "enabled", job.path("enabled"));
        add(rows, "paused", job.path("paused"));
        add(rows, "place", job.path("place"));
        add(rows, "last run", job.path("lastRun"));
        return TextTable.of(rows);
    }

    static String done(String what, JsonNode answer) {
        return reason(what + ": " + answer.path("done").asText()) + "\n";
    }

    /** One line that a terminal can show, whatever a server answered. */
    static String reason(String text) {
        return SafeText.escaped(text, LONGEST_LINE);
    }

    /** What is not there has no line. */
    private static void add(List<List<String>> rows, String name, JsonNode value) {
        if (value.isValueNode() && !value.isNull() && !value.asText().isEmpty()) {
            rows.add(List.of(name, SafeText.line(value.asText(), LONGEST_LINE)));
        }
    }

    private static String cell(JsonNode value) {
        String text = value.isNull() ? "" : SafeText.line(value.asText(), LONGEST_CELL);
        return text.isEmpty() ? NOTHING : text;
    }
}
