package dev.sluice.outbox;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Effect;
import dev.sluice.Event;
import dev.sluice.Micros;
import dev.sluice.Outcome;
import dev.sluice.Rule;
import dev.sluice.Store;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes the steps that were posted, and deletes their posts. What fails stays, and is tried again when its lease is over;
 * nobody waits for it. Safe for use by many threads.
 */
final class Postman {
    private static final System.Logger LOG = System.getLogger(Postman.class.getName());
    private static final int BATCH = 256;
    private static final int MOST_COMPLAINTS = 100;
    private static final int MOST_FAILED = 1_000;

    /** So long at a time what was left is taken over, before whatever else is due. */
    private static final Duration SLICE = Duration.ofSeconds(1);

    /** So often posts are looked at whose flow is not configured: other servers may know it by then. */
    private static final long PARKED_FOR = Micros.of(Duration.ofMinutes(10));

    private final SqlStore database;
    private final Store keys;
    private final Plans plans;
    private final BookKeeping books;
    private final CrashPoints crashes;
    private final GateStore.Absence absence;
    private final AtomicLong begun = new AtomicLong();
    private final Map<Long, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();
    private final Map<Long, Failed> failed = new ConcurrentHashMap<>();
    private final Map<Long, Failed> triedAgain = new ConcurrentHashMap<>();
    private final Set<Long> unreadable = ConcurrentHashMap.newKeySet();
    private final Set<String> removed = ConcurrentHashMap.newKeySet();
    private long unparkAt;

    Postman(
            SqlStore database,
            Store keys,
            Plans plans,
            BookKeeping books,
            CrashPoints crashes,
            GateStore.Absence absence) {
        this.database = database;
        this.keys = keys;
        this.plans = plans;
        this.books = books;
        this.crashes = crashes;
        this.absence = absence;
    }

    private record Failed(Posts.Post post, long at) {}

    /** Begins to take steps that are committed; whether each was taken. */
    List<CompletableFuture<Boolean>> deliver(List<Posts.Post> posts) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>(posts.size());
        for (Posts.Post post : posts) {
            // What a flow that left the configuration still owes is set aside when its lease is over.
            plans.rule(post.key()).ifPresent(rule -> all.add(deliver(post, rule)));
        }
        return all;
    }

    private CompletableFuture<Boolean> deliver(Posts.Post post, Rule rule) {
        crashes.pass(CrashPoints.Point.APART_POSTED);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        long ticket = begun.incrementAndGet();
        underWay.put(ticket, done);
        take(new Command(post.key(), rule, post.event()))
                .thenCompose(outcome -> {
                    crashes.pass(CrashPoints.Point.APART_POST_TAKEN);
                    return database.transactAhead(unit -> taken(unit, post, rule, outcome));
                })
                .whenComplete((deleted, failure) -> {
                    if (failure == null) {
                        failed.remove(post.id());
                        triedAgain.remove(post.id());
                    } else {
                        LOG.log(Level.DEBUG, "A step of {0} waits to be taken: {1}", post.key(), failure.getMessage());
                        failed(post);
                    }
                    underWay.remove(ticket);
                    done.complete(failure == null);
                });
        return done;
    }

    private void failed(Posts.Post post) {
        if (failed.size() < MOST_FAILED) {
            // One that fails again and again is left to others a lease after the first time.
            Failed first = triedAgain.remove(post.id());
            failed.put(post.id(), first == null ? new Failed(post, database.now()) : first);
        }
    }

    /**
     * Tries again at once what failed here a short while ago and lies where the store is back. Anything else others take
     * over.
     */
    void deliverFailed() {
        long oldest = database.now() - Posts.LEASE;
        List<Posts.Post> again = new ArrayList<>();
        failed.values().removeIf(each -> each.at <= oldest);
        failed.values().removeIf(each -> {
            boolean now = !absence.covers(each.post.key());
            if (now) {
                triedAgain.put(each.post.id(), each);
                again.add(each.post);
            }
            return now;
        });
        deliver(again);
    }

    /** What a bounded store has no room for is counted by the overflow subject. */
    private CompletionStage<Outcome> take(Command command) {
        return keys.apply(command).thenCompose(outcome -> {
            boolean full = outcome.answer() instanceof Answer.Full;
            return full
                    ? keys.apply(new Command(command.key().overflow(), command.rule(), command.event()))
                    : CompletableFuture.completedFuture(outcome);
        });
    }

    private boolean taken(UnitOfWork unit, Posts.Post post, Rule rule, Outcome outcome) throws SQLException {
        if (!Posts.delete(unit, post.id())) {
            return false;
        }
        Journal journal = books.journal(unit);
        if (post.about().message() > 0) {
            journal.about(post.about().message());
        }
        journal.write(post.key(), rule, post.event(), outcome);
        if (outcome.answer() instanceof Answer.Stale) {
            journal.noteAbout(post.key(), Ledger.Kind.SETTLE, "its claim had ended before");
        } else if (settles(post.event()) && outcome.effects().stream().noneMatch(Effect.Ended.class::isInstance)) {
            journal.noteAbout(post.key(), Ledger.Kind.SETTLE, "its claim is settled");
        }
        journal.close();
        return true;
    }

    private static boolean settles(Event event) {
        return event instanceof Event.Complete || event instanceof Event.Release;
    }

    /**
     * Takes over what was left, by this process or others, until nothing is left, something fails or the slice is over;
     * how many. It waits for each full batch, so that what an outage left does not come all at once. While all of the store
     * is away it does nothing.
     */
    int clear() {
        if (absence.isWhole()) {
            return 0;
        }
        long begin = System.nanoTime();
        int all = 0;
        TakenOver found;
        List<CompletableFuture<Boolean>> batch;
        do {
            found = Desk.await(database.transactAhead(this::takeOver));
            batch = deliver(found.reached());
            all += batch.size();
        } while (found.seen() >= BATCH
                && batch.stream().allMatch(CompletableFuture::join)
                && System.nanoTime() - begin < SLICE.toNanos());
        return all;
    }

    /** How many posts were there, and those of them that are not in a part of the store that is away. */
    private record TakenOver(int seen, List<Posts.Post> reached) {}

    private TakenOver takeOver(UnitOfWork unit) throws SQLException {
        if (unit.now() >= unparkAt || unit.now() < unparkAt - PARKED_FOR) {
            Posts.unpark(unit);
            unparkAt = unit.now() + PARKED_FOR;
        }
        List<Posts.Post> posts = new ArrayList<>();
        List<Posts.Post> seen = Posts.takeOver(unit, BATCH, this::unreadable);
        for (Posts.Post post : seen) {
            Optional<Rule> rule = plans.rule(post.key());
            if (rule.isEmpty()) {
                setAside(unit, post);
            } else if (!absence.covers(post.key())) {
                // Any other waits for one lease more.
                reached(unit, post, rule.get()).ifPresent(posts::add);
            }
        }
        return new TakenOver(seen.size(), posts);
    }

    /** Its flow left the configuration, and may come back; a claim that nobody was told of ends by itself. */
    private void setAside(UnitOfWork unit, Posts.Post post) throws SQLException {
        if (post.about().prepared()) {
            Posts.delete(unit, post.id());
            Messages.deletePrepared(unit, post.about().message());
            return;
        }
        Posts.park(unit, post.id());
        if (removed.add(post.key().flow())) {
            LOG.log(
                    Level.WARNING,
                    "Steps of flow {0} wait in sluice_post, because it is not configured any more; they are taken when it"
                            + " is again",
                    post.key().flow());
        }
    }

    private void unreadable(long id, String why) {
        if (unreadable.size() < MOST_COMPLAINTS && unreadable.add(id)) {
            LOG.log(
                    Level.WARNING,
                    "Row {0} of sluice_post cannot be read, so its step is not taken: {1}. Correct or delete it",
                    Long.toString(id),
                    why);
        }
    }

    private static Optional<Posts.Post> reached(UnitOfWork unit, Posts.Post post, Rule rule) throws SQLException {
        return post.about().prepared() ? withdraw(unit, post, rule) : Optional.of(post);
    }

    /** A prepared message that was left over was answered to nobody: its claim is released instead of extended. */
    private static Optional<Posts.Post> withdraw(UnitOfWork unit, Posts.Post post, Rule rule) throws SQLException {
        if (!(post.event() instanceof Event.Extend extend)) {
            return Optional.empty();
        }
        Posts.delete(unit, post.id());
        if (!Messages.deletePrepared(unit, post.about().message())) {
            return Optional.empty();
        }
        LOG.log(
                Level.INFO,
                "Message {0} of {1} is withdrawn, and its claim released: it was prepared, and its caller never heard of it",
                Long.toString(post.about().message()),
                post.key());
        Event release = new Event.Release(extend.fence(), extend.nonce(), Event.Why.WITHDRAWN);
        return Optional.of(Posts.write(unit, new Command(post.key(), rule, release), Steps.About.NOTHING));
    }

    /** Waits until everything that was begun here has ended, well or not. */
    void await() {
        CompletableFuture.allOf(underWay.values().toArray(new CompletableFuture<?>[0]))
                .join();
    }
}
