package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.Budget;
import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.server.config.FlowConfig;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Shows budgets, and what is charged to them. */
final class BudgetApi {
    private static final int MOST_ROWS = 1_000;
    private static final int USUAL_ROWS = 100;

    private final Engine engine;

    BudgetApi(Engine engine) {
        this.engine = engine;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "/v1/budgets", this::budgets));
    }

    private void budgets(Exchange exchange) {
        Faults faults = new Faults();
        Query query = exchange.query(Set.of("after", "limit"), faults);
        int limit = query.number("limit", 1, MOST_ROWS).map(Long::intValue).orElse(USUAL_ROWS);
        Optional<Key> after = query.key("after");
        faults.check();
        exchange.blocking(
                () -> BudgetPage.of(engine, after, limit), page -> exchange.json(200, json -> write(json, page)));
    }

    private void write(JsonGenerator json, BudgetPage page) throws IOException {
        json.writeArrayFieldStart("budgets");
        for (Budget budget : engine.budgets()) {
            budget(json, budget);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("charged");
        for (Explanation row : page.rows()) {
            charged(json, row);
        }
        json.writeEndArray();
        if (page.next().isPresent()) {
            json.writeStringField("next", page.next().get().text());
        }
    }

    private void budget(JsonGenerator json, Budget budget) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", budget.name());
        json.writeStringField("per", budget.per().word());
        json.writeStringField("allow", budget.rule().allowance());
        json.writeArrayFieldStart("flows");
        for (FlowConfig flow : engine.flows()) {
            if (flow.plan().budgets().contains(budget)) {
                json.writeString(flow.name());
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void charged(JsonGenerator json, Explanation row) throws IOException {
        json.writeStartObject();
        json.writeStringField("budget", row.key().variant());
        json.writeStringField("subject", row.key().subject());
        json.writeNumberField("used", row.state().used());
        json.writeNumberField("limit", row.rule().limit());
        json.writeNumberField("held", row.state().held());
        Answers.time(json, "windowEnd", BudgetPage.windowEnd(row));
        Answers.time(json, "nextEligibleAt", row.next());
        json.writeEndObject();
    }
}
