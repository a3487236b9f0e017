package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** As {@link StepsInUnit}, where the outcome of the first offer may be known, and is told if it is not. */
final class StepsKnown implements Steps {
    private final StepsInUnit steps;
    private final Command first;
    private final Optional<Outcome> known;
    private Optional<Outcome> stepped = Optional.empty();
    private boolean asked;

    /** @param known the outcome of {@code first}, which then needs no step */
    StepsKnown(UnitOfWork unit, Command first, Optional<Outcome> known) {
        this.steps = new StepsInUnit(unit);
        this.first = first;
        this.known = known;
    }

    /** What the step of the first offer gave; empty if it was known, or never asked. */
    Optional<Outcome> stepped() {
        return stepped;
    }

    @Override
    public Taken ask(Command command) throws SQLException {
        boolean isFirst = !asked && command.key().equals(first.key()) && command.event() instanceof Event.Offer;
        asked |= isFirst;
        if (isFirst && known.isPresent()) {
            return new Taken(first.event(), known.get());
        }
        Taken taken = steps.ask(command);
        if (isFirst) {
            stepped = Optional.of(taken.outcome());
        }
        return taken;
    }

    @Override
    public long now() {
        return steps.now();
    }

    @Override
    public List<Outcome> offered(Key key) {
        return steps.offered(key);
    }

    @Override
    public Optional<State> read(Key key) throws SQLException {
        return steps.read(key);
    }

    @Override
    public State glance(Key key, Rule rule) throws SQLException {
        return steps.glance(key, rule);
    }

    @Override
    public Optional<Outcome> follow(Command command, About about) throws SQLException {
        return steps.follow(command, about);
    }

    @Override
    public boolean isTold(Key key, long number) {
        return steps.isTold(key, number);
    }

    @Override
    public boolean takeTelling(Key key, long number) {
        return steps.takeTelling(key, number);
    }

    @Override
    public boolean together() {
        return steps.together();
    }
}
