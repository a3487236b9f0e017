package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Budget;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Per;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.UnitOfWork;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a refusal costs. */
class BudgetCostTest extends WithOutbox {
    /** Counts what is asked of a unit of work. */
    private static final class Counted implements UnitOfWork {
        private final UnitOfWork unit;
        private int steps;
        private int statements;

        Counted(UnitOfWork unit) {
            this.unit = unit;
        }

        @Override
        public Outcome step(Command command) throws SQLException {
            steps++;
            return unit.step(command);
        }

        @Override
        public Optional<State> read(Key key) throws SQLException {
            return unit.read(key);
        }

        @Override
        public Optional<Outcome> forget(Key key, Rule rule) throws SQLException {
            return unit.forget(key, rule);
        }

        @Override
        public PreparedStatement prepare(String sql) throws SQLException {
            statements++;
            return unit.prepare(sql);
        }

        @Override
        public <G extends Gathered> void gather(Class<G> kind, Supplier<G> fresh, Consumer<G> addition) {
            unit.gather(kind, fresh, addition);
        }

        @Override
        public Dialect dialect() {
            return unit.dialect();
        }

        @Override
        public long now() {
            return unit.now();
        }
    }

    private record Cost(int steps, int statements) {}

    @Test
    @DisplayName("S4.12 the thousandth refusal costs as much as the second: three steps and two statements")
    void refusalsCostTheSame() {
        flows.add(new FlowPlan("errors", Map.of("", Rule.allow("5 per 1h").build()), List.of("mail"), EXACT)
                .charging(List.of(Budget.of("recipient", Per.RECIPIENT, "30 per 1h"))));
        Plans plans = new Plans(flows, channels.keySet(), LEASE);
        Random random = new Random(1);
        Receivers receivers = new Receivers(Map.copyOf(channels));
        Deliveries deliveries = new Deliveries(plans, receivers);
        Intake intake = new Intake(plans, deliveries, new Charges(receivers, random), random);
        outbox();
        for (int i = 0; i < 1_030; i++) {
            Content content = new Content("title", "text", "error", "{}");
            Occurrence occurrence = new Occurrence(
                    Key.of("errors", "error " + i), "", content, List.of(), Optional.empty(), Event.Settle.LATER);
            Cost cost = join(store().transact(unit -> {
                Counted counted = new Counted(unit);
                Journal journal = new BookKeeping(0).journal(counted);
                intake.accept(journal, occurrence, intake.offer(occurrence));
                journal.close();
                return new Cost(counted.steps, counted.statements);
            }));
            boolean sampled = List.of(30, 39, 129, 1029).contains(i);
            if (i >= 30) {
                assertThat(cost).as("refusal %d", i - 29).isEqualTo(new Cost(3, sampled ? 3 : 2));
            }
        }
        outbox().tick();
    }
}
