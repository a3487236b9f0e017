package dev.sluice.outbox;

import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.UnitOfWork;
import dev.sluice.sql.Work;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What this process held in place of the store of keys while that is away: written down as posts, so that a kill loses no
 * more of it than of what a denial cache holds, and taken when the store, or the part of it, is back. A key has one post that grows for as
 * long as nobody took it over. Safe for use by many threads.
 */
final class Arrears {
    private static final long EVERY = Micros.of(Duration.ofMillis(500));
    private static final int BATCH = 256;

    private final Function<Work<Written>, Written> commits;
    private final LongSupplier clock;
    private final GateStore.Absence absence;
    private final Postman postman;
    private final Map<Key, Open> growing = new HashMap<>();
    private final List<Posts.Post> sent = new ArrayList<>();
    private Optional<Batch> unwritten = Optional.empty();
    private long looked = Micros.ABSENT;
    private boolean away;

    /** A post of this process; others take it over when its lease is over. */
    private record Open(Posts.Post post, Event.Report report, long due) {}

    /** What was taken out; its lease is the same however often it is written, so that a lost answer adds nothing. */
    private record Batch(List<Command> owed, List<Command> sent, long due, boolean again) {
        /** The same, which may be written already. */
        Batch repeated() {
            return new Batch(owed, sent, due, true);
        }

        boolean isFull() {
            return owed.size() >= BATCH || sent.size() >= BATCH;
        }
    }

    /** What a commit wrote. */
    record Written(Map<Key, Open> growing, List<Posts.Post> sent) {}

    /**
     * @param commits commits a work in the database, and gives its answer; whoever asks may not learn that it happened
     * @param clock that of the database
     */
    Arrears(Function<Work<Written>, Written> commits, LongSupplier clock, GateStore.Absence absence, Postman postman) {
        this.commits = commits;
        this.clock = clock;
        this.absence = absence;
        this.postman = postman;
    }

    /** Writes down what came up, and has it taken once the store is back. */
    synchronized void keep() {
        boolean lasts = absence.lasts();
        long now = clock.getAsLong();
        boolean ends = away && !lasts;
        boolean soon = looked != Micros.ABSENT && now >= looked && now - looked < EVERY;
        away |= lasts;
        if (ends || (lasts && !soon)) {
            looked = now;
            writeAll(now, now + Posts.LEASE);
            deliverWhatIsBack();
        }
        away = lasts;
    }

    /** Parts of the store come back one after the other. */
    private void deliverWhatIsBack() {
        List<Posts.Post> back = new ArrayList<>();
        sent.removeIf(post -> !absence.covers(post.key()) && back.add(post));
        growing.values().removeIf(each -> !absence.covers(each.post.key()) && back.add(each.post));
        postman.deliver(back);
        postman.deliverFailed();
    }

    /**
     * This process is about to end, and will wait for much that may not answer: while the store is away, what it holds so
     * far is written before.
     */
    synchronized void ending() {
        if (absence.lasts()) {
            long now = clock.getAsLong();
            writeAll(now, now);
        }
    }

    /** This process ends: what the store does not take now is written down, for others to take at once. */
    synchronized void finish() {
        absence.end();
        long now = clock.getAsLong();
        writeAll(now, now);
    }

    /** @param due when others take over what is written */
    private void writeAll(long now, long due) {
        if (unwritten.isEmpty()) {
            forgetTakenOver(now);
        }
        boolean more = true;
        while (more) {
            Batch batch = unwritten
                    .map(Batch::repeated)
                    .orElseGet(() -> new Batch(absence.takeOwed(BATCH), absence.takeSent(BATCH), due, false));
            unwritten = Optional.of(batch);
            if (!batch.owed.isEmpty() || !batch.sent.isEmpty()) {
                Written written = commits.apply(unit -> write(unit, batch));
                growing.putAll(written.growing);
                sent.addAll(written.sent);
            }
            unwritten = Optional.empty();
            more = batch.isFull();
        }
    }

    /** What nobody held again for a whole lease is anybody's, and must not fill the memory however long this lasts. */
    private void forgetTakenOver(long now) {
        growing.values().removeIf(each -> each.due <= now);
    }

    /** How many posts it still may change, or delivers when the store is back. */
    synchronized int remembered() {
        return growing.size() + sent.size();
    }

    private Written write(UnitOfWork unit, Batch batch) throws SQLException {
        Written written = new Written(new HashMap<>(), new ArrayList<>());
        for (Command report : batch.sent) {
            written.sent.add(Posts.write(unit, report, Steps.About.NOTHING, batch.due));
        }
        for (Command owed : batch.owed) {
            if (isOne(owed)) {
                written.sent.add(Posts.write(unit, owed, Steps.About.NOTHING, batch.due));
                continue;
            }
            Open before = written.growing.getOrDefault(owed.key(), growing.get(owed.key()));
            Optional<Open> grown = before == null ? Optional.empty() : grow(unit, before, owed, batch.due);
            if (grown.isPresent()) {
                written.growing.put(owed.key(), grown.get());
            } else if (batch.again) {
                // It may be there twice, and counts once: neither must grow, or what it grew by would not count.
                written.sent.add(Posts.write(unit, owed, Steps.About.NOTHING, batch.due));
            } else {
                written.growing.put(owed.key(), begin(unit, owed, batch.due));
            }
        }
        return written;
    }

    /** A pass that the store shall know by the id of its offer is in no sum. */
    private static boolean isOne(Command owed) {
        return owed.event() instanceof Event.Report report
                && report.occurrence().isPresent();
    }

    private static Open begin(UnitOfWork unit, Command owed, long due) throws SQLException {
        Posts.Post post = Posts.write(unit, owed, Steps.About.NOTHING, due);
        return new Open(post, (Event.Report) owed.event(), due);
    }

    /** Empty if somebody took the post over. */
    private static Optional<Open> grow(UnitOfWork unit, Open open, Command owed, long due) throws SQLException {
        Event.Report sum = sum(open.report, (Event.Report) owed.event());
        Posts.Post post = new Posts.Post(open.post.id(), open.post.key(), sum, open.post.about());
        return Posts.replace(unit, post, open.due, due) ? Optional.of(new Open(post, sum, due)) : Optional.empty();
    }

    private static Event.Report sum(Event.Report one, Event.Report more) {
        Event.Report times = one.held() == 0 ? more : one;
        boolean both = one.held() > 0 && more.held() > 0;
        return new Event.Report(
                one.reporter(),
                one.sequence(),
                OptionalLong.empty(),
                one.done() + more.done(),
                one.held() + more.held(),
                both ? Math.min(one.first(), more.first()) : times.first(),
                both ? Math.max(one.last(), more.last()) : times.last());
    }
}
