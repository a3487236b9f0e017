package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Steps at a store beside the database: what the work asks was answered before it ran to its end, and what follows from
 * it is a post, taken after its commit.
 */
final class StepsAhead implements Steps {
    private final UnitOfWork unit;
    private final Script script;
    private final long now;
    private final List<Posts.Post> posted = new ArrayList<>();

    /** @param now of the store of keys */
    StepsAhead(UnitOfWork unit, Script script, long now) {
        this.unit = unit;
        this.script = script;
        this.now = now;
    }

    /** What the work posted, but for what waits for its message to be prepared. */
    List<Posts.Post> posted() {
        return posted;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public Taken ask(Command command) {
        return script.outcome(command);
    }

    @Override
    public List<Outcome> offered(Key key) {
        return script.offered(key);
    }

    @Override
    public Optional<State> read(Key key) {
        return script.state(key, Optional.empty());
    }

    @Override
    public State glance(Key key, Rule rule) {
        return script.state(key, Optional.of(rule)).orElse(State.EMPTY);
    }

    @Override
    public Optional<Outcome> follow(Command command, About about) throws SQLException {
        Posts.Post post = Posts.write(unit, command, about);
        if (!about.prepared()) {
            posted.add(post);
        }
        return Optional.empty();
    }

    @Override
    public boolean isTold(Key key, long number) throws SQLException {
        return Posts.isTold(unit, key, number);
    }

    @Override
    public boolean takeTelling(Key key, long number) throws SQLException {
        return Posts.takeTelling(unit, key, number);
    }

    @Override
    public boolean together() {
        return false;
    }
}
