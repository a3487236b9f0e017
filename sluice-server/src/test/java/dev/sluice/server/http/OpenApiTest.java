package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class OpenApiTest {
    private final Object description = load();

    private static Object load() {
        try (InputStream in = OpenApiTest.class.getResourceAsStream("openapi.yaml")) {
            return new Load(LoadSettings.builder().build()).loadFromInputStream(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<?, ?> at(Object tree, String... path) {
        Object node = tree;
        for (String part : path) {
            node = Objects.requireNonNull(((Map<?, ?>) node).get(part), () -> String.join("/", path));
        }
        return (Map<?, ?>) node;
    }

    @Test
    void everyRouteIsDescribedAndEveryDescriptionIsARoute() {
        Set<String> described = new TreeSet<>();
        at(description, "paths")
                .forEach((path, methods) -> ((Map<?, ?>) methods)
                        .keySet()
                        .forEach(method -> described.add(method.toString().toUpperCase(Locale.ROOT) + " " + path)));
        Set<String> served = new TreeSet<>();
        try (MemoryEngine engine = new MemoryEngine()) {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            HttpEdge.api(Server.SETTINGS, engine, registry)
                    .forEach(route -> served.add(route.method() + " " + route.path()));
        }
        assertThat(served).isEqualTo(described);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = new ArrayList<>();
        collect(description, references);
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> at(description, reference.substring(2).split("/", -1)));
    }

    private static void collect(Object node, List<String> references) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String reference) {
                references.add(reference);
            }
            map.values().forEach(value -> collect(value, references));
        } else if (node instanceof List<?> list) {
            list.forEach(value -> collect(value, references));
        }
    }

    @Test
    void theOccurrenceHasTheMembersThatTheServerTakes() {
        assertThat(at(description, "components", "schemas", "Occurrence", "properties").keySet().stream()
                        .map(Object::toString))
                .containsExactlyInAnyOrder(
                        "subject", "fields", "title", "message", "severity", "data", "recipients", "variant", "id");
    }

    @Test
    void theServerGivesItsDescription() {
        try (Server server = new Server()) {
            assertThat(server.get("/openapi.yaml").body()).startsWith("openapi: 3.1");
        }
    }
}
