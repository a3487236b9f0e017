package dev.sluice.server.http;

import dev.sluice.Books;
import dev.sluice.Budget;
import dev.sluice.Claim;
import dev.sluice.Decision;
import dev.sluice.Event;
import dev.sluice.Explanation;
import dev.sluice.Gate;
import dev.sluice.Key;
import dev.sluice.MemoryStore;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import dev.sluice.StoreException;
import dev.sluice.SubjectRecipe;
import dev.sluice.jobs.ByHand;
import dev.sluice.outbox.Acceptance;
import dev.sluice.outbox.Episode;
import dev.sluice.outbox.FlowPlan;
import dev.sluice.outbox.Inheritance;
import dev.sluice.outbox.LedgerEntry;
import dev.sluice.outbox.Message;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Occurrence;
import dev.sluice.outbox.OnFailure;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Progress;
import dev.sluice.outbox.Sample;
import dev.sluice.outbox.TimeGrid;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.scan.Scans;
import dev.sluice.server.watch.ActionStatus;
import dev.sluice.server.watch.Actions;
import dev.sluice.server.watch.LevelAnswer;
import dev.sluice.server.watch.LevelReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine over a memory store with a real gate; it can be told to be away, or slow, and keeps what it was asked. */
final class MemoryEngine implements Engine, AutoCloseable {
    static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    private final Map<String, FlowConfig> flows = new LinkedHashMap<>();
    private final Map<String, String> bodies = new ConcurrentHashMap<>();
    private final MemoryStore store = new MemoryStore(100_000, InstantSource.fixed(NOON));
    private final Gate gate;
    final List<Occurrence> seen = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<MessageView> messages = new ArrayList<>();
    final List<LedgerEntry> entries = new ArrayList<>();
    final AtomicInteger looks = new AtomicInteger();
    volatile Map<String, Books> books =
            Map.of("errors", Books.only(dev.sluice.Bucket.IN, 2).with(dev.sluice.Bucket.HELD, 2));
    volatile boolean away;
    volatile boolean sending;
    volatile Optional<String> degraded = Optional.empty();
    volatile CompletionStage<Optional<Acceptance>> redriven = CompletableFuture.completedStage(Optional.empty());
    volatile Optional<CompletableFuture<Void>> hold = Optional.empty();

    MemoryEngine() {
        Rule errors = Rule.allow("5 per 1h").summaryAt(3).build();
        Rule critical = Rule.allow("20 per 1h").build();
        SubjectRecipe recipe = new SubjectRecipe.Spelled(List.of("processor", "error_type"), Optional.empty());
        flow(new FlowConfig(
                new FlowPlan("errors", Map.of("", errors, "critical", critical), List.of(), OnFailure.STANDARD),
                recipe,
                List.of(new FlowConfig.Variant("critical", Map.of("severity", "critical")))));
        flow(new FlowConfig(
                new FlowPlan("jobs", Map.of("", Rule.allow("exclusive").build()), List.of(), OnFailure.STANDARD),
                new SubjectRecipe.Given(),
                List.of()));
        Gate.Builder builder = Gate.over(store).manualTimer().onDigest((key, tally) -> {});
        flows.values()
                .forEach(flow -> flow.plan().rules().forEach((variant, rule) -> {
                    if (variant.isEmpty()) {
                        builder.flow(flow.name(), rule);
                    } else {
                        builder.flow(flow.name(), variant, rule);
                    }
                }));
        gate = builder.build();
    }

    private void flow(FlowConfig flow) {
        flows.put(flow.name(), flow);
    }

    @Override
    public Optional<FlowConfig> flow(String name) {
        return Optional.ofNullable(flows.get(name));
    }

    @Override
    public Collection<FlowConfig> flows() {
        return flows.values();
    }

    @Override
    public Collection<Budget> budgets() {
        return List.of();
    }

    @Override
    public Map<Key, Long> entrusted(Key key) {
        return Map.of();
    }

    @Override
    public CompletionStage<LevelAnswer> level(String flow, LevelReport report) {
        throw new IllegalArgumentException("no flow here watches levels");
    }

    @Override
    public boolean isOfAction(Claim claim) {
        return false;
    }

    @Override
    public Together together() {
        return new Together() {
            @Override
            public CompletionStage<Acceptance> accept(Occurrence occurrence) {
                return MemoryEngine.this.accept(occurrence);
            }

            @Override
            public CompletionStage<LevelAnswer> level(String flow, LevelReport report) {
                return MemoryEngine.this.level(flow, report);
            }

            @Override
            public void end() {}
        };
    }

    @Override
    public List<Episode> episodes(
            String flow, Optional<String> subject, Optional<Boolean> open, Optional<Long> before, int limit) {
        return List.of();
    }

    @Override
    public CompletionStage<Acceptance> accept(Occurrence occurrence) {
        seen.add(occurrence);
        if (away) {
            return CompletableFuture.failedStage(new StoreException("the store is away"));
        }
        Optional<String> id = occurrence.request().map(Occurrence.Request::id);
        if (id.isPresent()) {
            String hash = occurrence.request().get().bodyHash();
            if (!bodies.merge(id.get(), hash, (before, now) -> before).equals(hash)) {
                return CompletableFuture.completedStage(new Acceptance.IdConflict(id.get()));
            }
        }
        CompletionStage<Decision> decision = occurrence.settle() == Event.Settle.NOW
                ? gate.tryPassAsync(occurrence.key())
                : id.map(text -> gate.offerAsync(occurrence.key(), text))
                        .orElseGet(() -> gate.offerAsync(occurrence.key()));
        CompletionStage<Acceptance> answer = decision.thenApply(MemoryEngine::acceptance);
        return hold.<CompletionStage<Acceptance>>map(until -> until.thenCompose(go -> answer))
                .orElse(answer);
    }

    private static Acceptance acceptance(Decision decision) {
        Decision.Facts facts = decision.facts();
        String word = decision instanceof Decision.Summary
                ? "summary"
                : decision instanceof Decision.Suppress ? "suppress" : "pass";
        return new Acceptance.Decided(
                word,
                facts.reason().word(),
                facts.key(),
                new Acceptance.Counts(facts.occurrences(), facts.delivered(), facts.held()),
                facts.next(),
                decision.claim(),
                Optional.empty());
    }

    @Override
    public List<ActionStatus> actions(int limit) {
        return List.of();
    }

    @Override
    public CompletionStage<ByHand> orderAction(Actions.Order order, String action, String subject, String by) {
        return CompletableFuture.completedFuture(ByHand.ABSENT);
    }

    @Override
    public CompletionStage<Settlement> complete(Claim claim) {
        return gate.completeAsync(claim);
    }

    @Override
    public CompletionStage<Settlement> release(Claim claim, Event.Why why) {
        return gate.releaseAsync(claim, why);
    }

    @Override
    public CompletionStage<Settlement> extend(Claim claim, Duration length) {
        return gate.extendAsync(claim, length);
    }

    @Override
    public CompletionStage<Settlement> evict(Key key, long fence, String by) {
        return CompletableFuture.completedStage(Settlement.STALE);
    }

    @Override
    public CompletionStage<Inheritance.Taken> inherit(Inheritance inheritance, boolean trial) {
        return CompletableFuture.completedStage(new Inheritance.Taken(Inheritance.Result.TAKEN, NOON));
    }

    @Override
    public CompletionStage<Void> reset(Key key, OptionalDouble level) {
        if (level.isPresent()) {
            gate.reset(key, level.getAsDouble());
        } else {
            gate.reset(key);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> withdraw(long message, String by) {
        return CompletableFuture.completedStage(!sending
                && messages.removeIf(view -> view.message().id() == message && view.state() == MessageState.PENDING));
    }

    @Override
    public CompletionStage<Optional<Acceptance>> redrive(long message, String by) {
        return redriven;
    }

    @Override
    public boolean wasOfferedAgain(Message message) {
        return false;
    }

    @Override
    public Optional<String> degraded() {
        return degraded;
    }

    @Override
    public String stores() {
        return "memory:";
    }

    @Override
    public dev.sluice.server.mail.Audience audience() {
        throw new UnsupportedOperationException("no flow here has mails");
    }

    @Override
    public CompletionStage<Void> note(Key key, String detail) {
        throw new UnsupportedOperationException("no flow here has mails");
    }

    @Override
    public CompletionStage<Boolean> ready() {
        return CompletableFuture.completedStage(!away);
    }

    @Override
    public Optional<Explanation> explain(Key key) {
        return gate.explain(key);
    }

    @Override
    public Optional<Explanation> recall(Key key) {
        return explain(key);
    }

    @Override
    public String subjectText(Key key) {
        return seen.stream()
                .filter(occurrence -> occurrence.key().equals(key)
                        && !occurrence.subjectText().isEmpty())
                .map(Occurrence::subjectText)
                .findFirst()
                .orElse(key.subject());
    }

    @Override
    public List<Sample> samples(Key key) {
        return List.of();
    }

    @Override
    public List<Key> keys(String flow, Optional<Key> after, int limit) {
        return store.keys(flow, after, limit).toCompletableFuture().join();
    }

    @Override
    public MostHeld mostHeld(String flow, String part, int limit) {
        return new MostHeld(List.of(), true);
    }

    @Override
    public List<MessageView> messages(Outbox.MessageFilter filter, int limit) {
        return messages.stream()
                .filter(view -> filter.before()
                        .map(before -> view.message().id() < before)
                        .orElse(true))
                .filter(view -> filter.state().map(view.state()::equals).orElse(true))
                .filter(view ->
                        filter.flow().map(view.message().key().flow()::equals).orElse(true))
                .filter(view -> filter.key().map(view.message().key()::equals).orElse(true))
                .sorted((a, b) -> Long.compare(b.message().id(), a.message().id()))
                .limit(limit)
                .toList();
    }

    @Override
    public List<Key> keysOfMessages(String flow, String prefix, int limit) {
        return List.of();
    }

    /** Adds a message in a state. */
    void message(long id, MessageState state, String title) {
        Message message = new Message(
                id,
                Key.of("errors", "db/down"),
                Message.Kind.PASS,
                new dev.sluice.outbox.Content(title, "text of " + id, "error", "{\"a\":1}"),
                new Message.Tally(1, 0, Optional.empty(), Optional.empty()),
                new Message.Window(NOON, Optional.empty()),
                List.of());
        messages.add(new MessageView(
                message,
                state,
                NOON.plusSeconds(86_400),
                List.of(new MessageView.DeliveryView(
                        "inbox", "", "waiting", 2, Optional.of(NOON.plusSeconds(10)), "refused: <busy>", false))));
    }

    @Override
    public List<LedgerEntry> ledger(Outbox.LedgerFilter filter, int limit) {
        return entries.stream().limit(limit).toList();
    }

    @Override
    public long tracked(String flow) {
        return keys(flow, Optional.empty(), Integer.MAX_VALUE).size();
    }

    @Override
    public Loudest loudest(String flow) {
        return new Loudest(List.of(new Loudest.Count("p/t", 4)), List.of(new Loudest.Count("p", 9)));
    }

    @Override
    public Map<String, Books> books() {
        if (away) {
            throw new StoreException("the store is away");
        }
        looks.incrementAndGet();
        return books;
    }

    @Override
    public Scans scans() {
        throw new UnsupportedOperationException("no flow here scans");
    }

    @Override
    public CompletionStage<Boolean> hasten(long message, String by) {
        throw new UnsupportedOperationException("no flow here scans");
    }

    @Override
    public List<Books> moved(String flow, TimeGrid grid) {
        List<Books> moved = new ArrayList<>(java.util.Collections.nCopies(grid.bins(), Books.EMPTY));
        moved.set(grid.bins() - 1, books().getOrDefault(flow, Books.EMPTY));
        return moved;
    }

    @Override
    public dev.sluice.server.job.UniqueJobs jobs() {
        return dev.sluice.server.job.UniqueJobs.none();
    }

    @Override
    public Progress progress() {
        return new Progress(entries.size(), messages.size(), 0);
    }

    @Override
    public Instant now() {
        return NOON;
    }

    @Override
    public void close() {
        gate.close();
    }
}
