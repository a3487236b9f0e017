package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Steps in the transaction of the work. */
record StepsInUnit(UnitOfWork unit) implements Steps {
    @Override
    public long now() {
        return unit.now();
    }

    @Override
    public Taken ask(Command command) throws SQLException {
        return new Taken(command.event(), unit.step(command));
    }

    @Override
    public List<Outcome> offered(Key key) {
        return List.of();
    }

    @Override
    public Optional<State> read(Key key) throws SQLException {
        return unit.read(key);
    }

    @Override
    public State glance(Key key, Rule rule) throws SQLException {
        return read(key).orElse(State.EMPTY);
    }

    @Override
    public Optional<Outcome> follow(Command command, About about) throws SQLException {
        return Optional.of(unit.step(command));
    }

    @Override
    public boolean isTold(Key key, long number) {
        return false;
    }

    @Override
    public boolean takeTelling(Key key, long number) {
        return true;
    }

    @Override
    public boolean together() {
        return true;
    }
}
