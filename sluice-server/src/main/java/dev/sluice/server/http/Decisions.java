package dev.sluice.server.http;

import dev.sluice.outbox.Acceptance;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Counts decisions by flow, word and reason, wherever their occurrences come from. Safe for use by many threads. */
public final class Decisions {
    private final MeterRegistry registry;
    private final Map<Told, Counter> decisions = new ConcurrentHashMap<>();
    private final Map<String, Counter> failures = new ConcurrentHashMap<>();

    /** Counts into {@code registry}. */
    public Decisions(MeterRegistry registry) {
        this.registry = registry;
    }

    private record Told(String flow, String decision, String reason) {}

    /** The same answer, counted when it is there. */
    public CompletionStage<Acceptance> counting(String flow, CompletionStage<Acceptance> answer) {
        return answer.whenComplete((acceptance, failure) -> {
            if (acceptance instanceof Acceptance.Decided decided) {
                decisions
                        .computeIfAbsent(new Told(flow, decided.word(), decided.reason()), this::decided)
                        .increment();
            } else if (failure != null) {
                failures.computeIfAbsent(flow, this::failed).increment();
            }
        });
    }

    private Counter decided(Told told) {
        return Counter.builder("sluice.decisions")
                .description("Decisions by their word and reason")
                .tags("flow", told.flow, "decision", told.decision, "reason", told.reason)
                .register(registry);
    }

    private Counter failed(String flow) {
        return Counter.builder("sluice.decisions.failed")
                .description("Occurrences that the store did not answer for")
                .tag("flow", flow)
                .register(registry);
    }
}
