package dev.sluice.sql;

import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Key;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One work's part of a batch: can be taken back without the rest. */
final class Unit implements UnitOfWork {
    private static final String SAVEPOINT = "SAVEPOINT unit";
    private static final String RELEASE = "RELEASE SAVEPOINT unit";
    private static final String ROLLBACK_TO = "ROLLBACK TO SAVEPOINT unit";

    private final Batch batch;
    private final long now;
    private final Savepoints savepoints;
    private final List<Slot.Undo> undos = new ArrayList<>(1);
    private final List<Runnable> additions = new ArrayList<>(1);
    private final List<String> keys = new ArrayList<>(1);
    private boolean saved;
    private boolean unsaved;
    private boolean ended;

    Unit(Batch batch, long now, Savepoints savepoints) {
        this.batch = batch;
        this.now = now;
        this.savepoints = savepoints;
    }

    /** Whether statements of a unit can be taken back without the rest. */
    enum Savepoints {
        /** At the price of two more statements; of two round trips, where the database is on a server. */
        EACH,
        /** Only with the whole batch, which must then be run again with {@link #EACH}. */
        NONE
    }

    /** A unit that must be taken back has run statements without a savepoint. */
    static final class SpoiltException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SpoiltException() {
            super("a work failed that can be taken back only with all others", null, false, false);
        }
    }

    /** The keys that it asked for so far, those that it did not get among them. */
    List<String> keys() {
        return keys;
    }

    @Override
    public Outcome step(Command command) throws SQLException {
        Slot slot = slot(command.key());
        State state = slot.state();
        State before = state == null ? State.absent(batch.fenceFloor()) : state;
        Outcome outcome = Step.apply(before, command.rule(), command.event(), now);
        if (state == null && !command.event().brings()) {
            return new Outcome(before, outcome.state(), outcome.answer(), List.of());
        }
        undos.add(slot.change(outcome.state(), command.rule()));
        if (outcome.effects().stream().anyMatch(Effect.Armed.class::isInstance)) {
            additions.add(() -> batch.armed(slot.key()));
        }
        return outcome;
    }

    @Override
    public Optional<State> read(Key key) throws SQLException {
        return Optional.ofNullable(slot(key).state());
    }

    @Override
    public Optional<Outcome> forget(Key key, Rule rule) throws SQLException {
        Slot slot = slot(key);
        State state = slot.state();
        Outcome outcome = state == null ? null : Step.forget(state, rule, now);
        if (outcome != null) {
            batch.raiseFenceFloor(outcome.before().fence());
            undos.add(slot.change(null, rule));
        }
        return Optional.ofNullable(outcome);
    }

    @Override
    public PreparedStatement prepare(String sql) throws SQLException {
        save();
        return batch.prepare(sql);
    }

    /** Only a unit that runs statements needs a savepoint; steps are taken back in memory. */
    private void save() throws SQLException {
        requireOpen();
        if (savepoints == Savepoints.NONE) {
            unsaved = true;
        } else if (!saved) {
            batch.prepare(SAVEPOINT).executeUpdate();
            saved = true;
        }
    }

    @Override
    public <G extends Gathered> void gather(Class<G> kind, Supplier<G> fresh, Consumer<G> addition) {
        requireOpen();
        additions.add(() -> addition.accept(batch.gathered(kind, fresh)));
    }

    @Override
    public Dialect dialect() {
        return batch.dialect();
    }

    @Override
    public long now() {
        return now;
    }

    /** Changes a row. */
    void probe() throws SQLException {
        save();
        batch.probe();
    }

    private Slot slot(Key key) throws SQLException {
        requireOpen();
        String text = key.text();
        keys.add(text);
        return batch.slot(text);
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("this unit of work has ended");
        }
    }

    /** Makes what was done part of the batch. */
    void keep() throws SQLException {
        ended = true;
        if (saved) {
            batch.prepare(RELEASE).executeUpdate();
        }
        additions.forEach(Runnable::run);
    }

    /** Takes back what was done, and nothing else. */
    void undo() throws SQLException {
        ended = true;
        for (int last = undos.size() - 1; last >= 0; last--) {
            undos.get(last).run();
        }
        if (unsaved) {
            throw new SpoiltException();
        } else if (saved) {
            batch.prepare(ROLLBACK_TO).executeUpdate();
            batch.prepare(RELEASE).executeUpdate();
        }
    }
}
