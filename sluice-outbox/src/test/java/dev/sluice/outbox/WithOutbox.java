package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Rule;
import dev.sluice.Store;
import dev.sluice.contract.ManualClock;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** An outbox over a real database in virtual time. After every test its books are closed. */
abstract class WithOutbox {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final OnFailure EXACT = new OnFailure(
            Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0, OnFailure.From.FAILURE, 12, Duration.ofHours(24));
    static final Duration LEASE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    final ManualClock clock = new ManualClock(START);
    final Map<String, ScriptedChannel> channels = new TreeMap<>(Map.of("mail", new ScriptedChannel()));
    final List<FlowPlan> flows = new ArrayList<>();
    CrashPoints crashes = CrashPoints.NONE;
    Outbox.Settings settings = new Outbox.Settings(LEASE, 2, Duration.ZERO, Duration.ofDays(30));
    /** The warnings of what fails on purpose here would hide those that matter. */
    private final Logger warnings = Logger.getLogger(Outbox.class.getPackageName());

    @Parameter
    Dialect dialect = Dialect.SQLITE;

    private final Random random = new Random(7);
    private final List<AutoCloseable> others = new ArrayList<>();
    private @Nullable TestDatabase database;
    private @Nullable FaultyGate gateStore;
    private @Nullable SqlStore store;
    private @Nullable Outbox outbox;

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(Level.OFF);
    }

    @AfterEach
    void closeBooks() {
        try {
            booksAreClosed();
        } finally {
            close();
            if (apart()) {
                gate().keys().close();
            }
            if (database != null) {
                database.close();
            }
            warnings.setLevel(null);
        }
    }

    void booksAreClosed() {
        if (outbox != null) {
            outbox().books()
                    .forEach((flow, books) -> assertThat(books.unaccounted())
                            .as("unaccounted of %s in %s", flow, books)
                            .isZero());
            assertThat(outbox().audit()).isEmpty();
            assertThat(gateStore == null ? List.of() : gateStore.breaches()).isEmpty();
        }
    }

    ScriptedChannel mail() {
        return channel("mail");
    }

    ScriptedChannel channel(String name) {
        return channels.computeIfAbsent(name, absent -> new ScriptedChannel());
    }

    void flow(String name, Rule rule) {
        flow(name, rule, EXACT, "mail");
    }

    void flow(String name, Rule rule, OnFailure onFailure, String... to) {
        for (String channel : to) {
            channel(channel);
        }
        flows.add(new FlowPlan(name, Map.of("", rule), List.of(to), onFailure));
    }

    /** Whether keys are decided by a store beside the database. */
    boolean apart() {
        return false;
    }

    /** The store beside the database; it outlives the process of the outbox, as a real one does. */
    FaultyGate gateStore() {
        if (gateStore == null) {
            gateStore = new FaultyGate(clock);
        }
        return gateStore;
    }

    /** The store beside the database. */
    GateStore gate() {
        return new GateStore(gateStore(), gateStore()::books);
    }

    /** Where the keys are. */
    Store keys() {
        return apart() ? gate().keys() : store();
    }

    SqlStore store() {
        if (store == null) {
            store = database().open(clock);
        }
        return store;
    }

    private TestDatabase database() {
        if (database == null) {
            database = fresh();
        }
        return database;
    }

    /** An empty database. */
    TestDatabase fresh() {
        return TestDatabase.of(dialect, directory);
    }

    Outbox outbox() {
        if (outbox == null) {
            outbox = outbox(store(), random, crashes);
        }
        return outbox;
    }

    private Outbox outbox(SqlStore of, Random chance, CrashPoints points) {
        Plans plans = new Plans(flows, channels.keySet(), settings.attemptLease());
        Optional<GateStore> beside = apart() ? Optional.of(gate()) : Optional.empty();
        return new Outbox(of, beside, plans, new TreeMap<>(channels), settings, chance, points);
    }

    /** The outbox of another server over the same database; with connections of its own, and the same channels. */
    Outbox another() {
        SqlStore shared = database().open(clock);
        others.add(shared);
        Outbox other = outbox(shared, new Random(7 + others.size()), CrashPoints.NONE);
        others.add(other);
        return other;
    }

    void restart() {
        close();
        outbox();
    }

    void close() {
        for (int last = others.size() - 1; last >= 0; last--) {
            close(others.remove(last));
        }
        if (outbox != null) {
            outbox.close();
            outbox = null;
        }
        if (store != null) {
            store.close();
            store = null;
        }
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            throw new IllegalStateException("a server did not end", e);
        }
    }

    /** Moves the clock in steps, and does at each what is due then. */
    void pass(Duration time, Duration step) {
        for (Duration left = time; !left.isZero(); left = left.minus(step)) {
            clock.advance(step);
            outbox().tick();
        }
    }

    void pass(Duration time) {
        clock.advance(time);
        outbox().tick();
    }

    static Occurrence occurrence(Key key, String title) {
        return occurrence(key, title, Optional.empty());
    }

    static Occurrence occurrence(Key key, String title, Optional<Occurrence.Request> request) {
        Content content = new Content(title, "the message of " + title, "error", "{}");
        return new Occurrence(key, "", content, List.of(), request, Event.Settle.LATER);
    }

    Acceptance.Decided offer(String flow, String title) {
        return (Acceptance.Decided) join(outbox().accept(occurrence(Key.of(flow, "subject"), title)));
    }

    /** Offers, and delivers at once what passed. */
    Acceptance.Decided send(String flow, String title) {
        Acceptance.Decided answer = offer(flow, title);
        outbox().tick();
        return answer;
    }

    long books(String flow, Bucket bucket) {
        return outbox().books().getOrDefault(flow, Books.EMPTY).get(bucket);
    }

    MessageState state(Acceptance.Decided answer) {
        return view(answer).state();
    }

    MessageView view(Acceptance.Decided answer) {
        return view(answer.message().orElseThrow().id());
    }

    MessageView view(long message) {
        return messages().stream()
                .filter(view -> view.message().id() == message)
                .findFirst()
                .orElseThrow();
    }

    List<MessageView> messages() {
        return outbox().messages(
                        new Outbox.MessageFilter(
                                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                        1000);
    }

    List<LedgerEntry> ledger(Ledger.Kind kind) {
        return outbox().ledger(
                        new Outbox.LedgerFilter(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(kind.word()),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        1000);
    }

    /** The answer, once everything that follows from it was tried. */
    <T extends @Nullable Object> T join(CompletionStage<T> stage) {
        T answer = stage.toCompletableFuture().join();
        if (outbox != null) {
            outbox.awaitPosts();
        }
        return answer;
    }
}
