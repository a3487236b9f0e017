package dev.sluice.server.console;

import dev.sluice.SubjectRecipe;
import dev.sluice.server.config.FlowConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A command that sends an occurrence to a flow, ready to copy. */
final class Example {
    private static final Map<String, String> VALUES =
            Map.of("processor", "import", "error_type", "timeout", "message", "no answer after 30 s");

    private Example() {}

    static String curl(String base, FlowConfig flow) {
        return "curl -sS " + base + "/v1/flows/" + flow.name() + "/occurrences \\\n"
                + "  -H 'Content-Type: application/json' \\\n"
                + "  -d '" + body(flow) + "'";
    }

    private static String body(FlowConfig flow) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : fieldNames(flow.subject())) {
            fields.put(name, VALUES.getOrDefault(name, "example"));
        }
        String about = fields.isEmpty()
                ? "\"subject\": \"example\""
                : fields.entrySet().stream()
                        .map(field -> "\"" + field.getKey() + "\": \"" + field.getValue() + "\"")
                        .collect(Collectors.joining(", ", "\"fields\": {", "}"));
        return "{" + about + ", \"title\": \"Hello\", \"message\": \"no answer after 30 s\"}";
    }

    /** What the recipe reads, but for what the occurrence says anyway. */
    private static List<String> fieldNames(SubjectRecipe recipe) {
        List<String> said = List.of("title", "message", "severity");
        if (recipe instanceof SubjectRecipe.Spelled spelled) {
            return spelled.fields().stream()
                    .filter(name -> !said.contains(name))
                    .toList();
        } else if (recipe instanceof SubjectRecipe.Hashed hashed) {
            return hashed.fields().stream().filter(name -> !said.contains(name)).toList();
        }
        return List.of();
    }
}
