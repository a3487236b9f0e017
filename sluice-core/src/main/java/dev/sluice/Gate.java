package dev.sluice;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Decides occurrences under rules, over one store. One per process; safe for use by many threads.
 *
 * <pre>{@code
 * try (Gate gate = Gate.over(store)
 *         .flow("errors", Rule.allow("5 per 1h").summaryAt(3).build())
 *         .onDigest((key, tally) -> mail(key + ": " + tally.held() + " more were held"))
 *         .build()) {
 *     gate.run(Key.of("errors", "db-down"), () -> mail("the database is down"));
 * }
 * }</pre>
 *
 * <p>Every method that asks the store has an asynchronous form; the plain form waits for it and fails with
 * {@link StoreException} where the store cannot answer. It never runs the caller's code again.
 */
public final class Gate implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gate.class.getName());

    private final Store store;
    private final Optional<OutageDoctrine> doctrine;
    private final Runnable look;
    private final Flows flows;
    private final RandomGenerator random;
    private final Budgets budgets;
    private final Offers offers;
    private final GateTimer timer;
    private final Optional<Holds> holds;

    private Gate(Builder from) {
        random = new Dice(from.random);
        Fronts fronts = Fronts.of(from.store, from.tick.isPresent(), from.ticks, random);
        store = fronts.store();
        doctrine = fronts.doctrine();
        look = fronts.look();
        flows = new Flows(from.rules());
        budgets = new Budgets(from.charges, store, random);
        offers = new Offers(store, flows, new Shadow(from.shadows), budgets);
        timer = new GateTimer(this, from.handler, new Turns(store, from.store.shared(), random), from.tick);
        boolean byItself = from.tick.isPresent();
        holds = Optional.of(new Holds(this, byItself ? () -> Micros.of(from.ticks.instant()) : store::now, byItself));
    }

    private Gate(Gate from, Store joined) {
        store = joined;
        doctrine = Optional.empty();
        look = () -> {};
        flows = from.flows;
        random = from.random;
        budgets = from.budgets.over(joined);
        offers = from.offers.over(joined, budgets);
        timer = new GateTimer(this, Optional.empty(), new Turns(joined, false, random), Optional.empty());
        holds = Optional.empty();
    }

    /**
     * The flows and budgets of this gate over a store that is joined to a transaction of the caller's. It is for one
     * thread and that transaction, knows no outage, has no timer, and needs no closing; digests are told by this gate.
     */
    public Gate joined(Store transaction) {
        return new Gate(this, transaction);
    }

    /**
     * Begins a gate over {@code store}. The gate closes it. In front of a store that processes share it puts a
     * {@link DenialCache} around an {@link OutageDoctrine}, with standard settings; who wants others puts them there, and
     * begins the gate over the outer one.
     */
    public static Builder over(Store store) {
        return new Builder(store);
    }

    /** May it go out now? A pass hands out a claim to complete, release or extend. */
    public Decision offer(Key key) {
        return await(offerAsync(key));
    }

    /** As {@link #offer(Key)}; the same id within the window is answered again, not counted again. */
    public Decision offer(Key key, String id) {
        return await(offerAsync(key, id));
    }

    /**
     * As {@link #offer(Key)}, with a number that its completion leaves with the key while the window is open: a
     * {@link #reset(Key, double)} at a level below it does nothing. A pass that is decided without the store leaves none.
     *
     * @throws IllegalArgumentException if the mark is not a number
     */
    public Decision offer(Key key, double mark) {
        return await(offerAsync(key, mark));
    }

    /** Asynchronous form of {@link #offer(Key)}. */
    public CompletionStage<Decision> offerAsync(Key key) {
        return offers.ask(key, Event.Offer.unnamed(random, Event.Settle.LATER));
    }

    /** Asynchronous form of {@link #offer(Key, double)}. */
    public CompletionStage<Decision> offerAsync(Key key, double mark) {
        return offers.ask(key, Event.Offer.unnamed(random, Event.Settle.LATER).marked(mark));
    }

    /** Asynchronous form of {@link #offer(Key, String)}. */
    public CompletionStage<Decision> offerAsync(Key key, String id) {
        return offers.ask(key, new Event.Offer(Ids.number(id), random.nextLong(), NO_MARK, Event.Settle.LATER));
    }

    /** Offers many at once; a store with round trips or fsyncs needs far fewer of them. Answers are in the order. */
    public List<Decision> offerAll(List<Key> keys) {
        List<CompletionStage<Decision>> stages = new ArrayList<>(keys.size());
        for (Key key : keys) {
            stages.add(offerAsync(key));
        }
        return stages.stream().map(Gate::await).toList();
    }

    /**
     * Decides, and is done: a pass counts at once, whatever the caller does with it. At most once. Under
     * {@link Digest#WITH_NEXT} a yes or no cannot say what was held before; {@link #tryPassAsync} does.
     */
    public boolean tryPass(Key key) {
        return await(decideNow(key)).passes();
    }

    /**
     * Asynchronous form of {@link #tryPass}, with the whole decision: what it says was held before counts as told, and
     * is not said again.
     */
    public CompletionStage<Decision> tryPassAsync(Key key) {
        return decideNow(key).thenCompose(this::tellNow);
    }

    private CompletionStage<Decision> decideNow(Key key) {
        return offers.ask(key, Event.Offer.unnamed(random, Event.Settle.NOW));
    }

    /**
     * Runs {@code action} in the calling thread if it may go out now; its return completes the claim, its exception
     * releases it as failed and is thrown on. An action that outlives the lease of its claim is not alone; that is logged.
     *
     * @return the decision; {@link Decision#passes} says whether the action ran
     * @throws StoreException if the store cannot answer: before the action, which then did not run; or after it, and the
     *     claim will be lost at its deadline
     */
    public <E extends Exception> Decision run(Key key, Action<E> action) throws E {
        Decision decision = offer(key);
        run(decision, action);
        return decision;
    }

    /** Runs {@code action} as {@link #run(Key, Action)} does, if the decision lets it. */
    <E extends Exception> void run(Decision decision, Action<E> action) throws E {
        Optional<Claim> claim = decision.claim();
        if (claim.isPresent()) {
            runClaimed(claim.get(), action);
        } else if (decision.passes()) {
            action.run();
        }
    }

    /**
     * Runs {@code action} in the calling thread if nobody else holds the key, and keeps its claim alive for as long as
     * that takes, however many leases. Its return completes the claim, its exception releases it as failed and is thrown
     * on. If the process ends, or stands still, the key is free after one lease; the action that stood still learns from
     * {@link Holding#isHeld} that it lost. An action that never ends holds the key until an operator takes it away.
     *
     * @return the decision; {@link Decision#passes} says whether the action ran
     * @throws StoreException if the store cannot answer: before the action, which then did not run; or after it, and the
     *     claim will be lost at its deadline
     * @throws IllegalArgumentException if the rule of the key is not exclusive
     * @throws IllegalStateException if this gate is joined to a transaction, which others see only when it is over
     */
    public <E extends Exception> Decision hold(Key key, Holding.Action<E> action) throws E {
        return holds.orElseThrow(
                        () -> new IllegalStateException("a gate that is joined to a transaction cannot hold keys"))
                .hold(key, action);
    }

    <E extends Exception> void runClaimed(Claim claim, Action<E> action) throws E {
        boolean done = false;
        try {
            action.run();
            done = true;
        } finally {
            if (!done) {
                releaseQuietly(claim);
            }
        }
        if (complete(claim) == Settlement.STALE) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The action of {0} ended after its claim was lost: another holder may have run beside it. Give the"
                            + " rule a longer lease, or hold the key",
                    claim.key());
        }
    }

    /** What the action threw is what the caller must see; the store that is away as well is not. */
    private void releaseQuietly(Claim claim) {
        try {
            release(claim, Event.Why.FAILED);
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "The claim of " + claim.key() + " could not be released and lasts until it is lost",
                    e);
        }
    }

    /** The effect happened. */
    public Settlement complete(Claim claim) {
        return await(completeAsync(claim));
    }

    /** Asynchronous form of {@link #complete}. */
    public CompletionStage<Settlement> completeAsync(Claim claim) {
        Event event = new Event.Complete(claim.fence(), claim.nonce());
        return apply(claim.key(), event)
                .thenCompose(outcome -> tellWith(claim, outcome).thenApply(told -> settlement(outcome)));
    }

    /** The effect did not happen. */
    public Settlement release(Claim claim, Event.Why why) {
        return await(releaseAsync(claim, why));
    }

    /** Asynchronous form of {@link #release}. */
    public CompletionStage<Settlement> releaseAsync(Claim claim, Event.Why why) {
        return apply(claim.key(), new Event.Release(claim.fence(), claim.nonce(), why))
                .thenApply(Gate::settlement);
    }

    /** The holder needs the claim for {@code length} from now. */
    public Settlement extend(Claim claim, Duration length) {
        return await(extendAsync(claim, length));
    }

    /** Asynchronous form of {@link #extend}. */
    public CompletionStage<Settlement> extendAsync(Claim claim, Duration length) {
        long until = store.now() + Micros.of(length);
        return apply(claim.key(), new Event.Extend(claim.fence(), claim.nonce(), until))
                .thenApply(Gate::settlement);
    }

    /** The condition is over. */
    public void reset(Key key) {
        await(apply(key, new Event.Reset(NO_MARK)));
    }

    /** The condition is over at {@code level}; nothing happens if that is below the mark of the newest pass, settled or not. */
    public void reset(Key key, double level) {
        await(resetAsync(key, level));
    }

    CompletionStage<Outcome> resetAsync(Key key, double level) {
        return apply(key, new Event.Reset(OptionalDouble.of(level)));
    }

    /** How the key stands now, and why; empty if nothing is known of it. */
    public Optional<Explanation> explain(Key key) {
        Rule rule = rule(key);
        return await(store.read(key)).map(state -> Explanation.of(key, rule, state, store.now()));
    }

    /**
     * Does what is due now: tells closed tallies, forgets keys that nobody can observe. The gate's own timer calls this;
     * with {@link Builder#manualTimer} the caller does, and keeps what is held alive by it.
     *
     * @return how many tallies were told
     */
    public int tick() {
        look.run();
        holds.ifPresent(Holds::look);
        return timer.tick();
    }

    /** Since when and why a store that processes share is away; empty if it is there, or is not shared. */
    public Optional<Outage> outage() {
        return doctrine.flatMap(OutageDoctrine::outage);
    }

    /** Stops the timers and closes the store. */
    @Override
    public void close() {
        holds.ifPresent(Holds::close);
        timer.close();
        store.close();
    }

    CompletionStage<Outcome> apply(Key key, Event event) {
        return store.apply(new Command(key, rule(key), event));
    }

    Store store() {
        return store;
    }

    Flows flows() {
        return flows;
    }

    Budgets budgets() {
        return budgets;
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException cause) {
                throw new StoreException(String.valueOf(cause.getMessage()), cause);
            }
            throw e;
        }
    }

    private static final OptionalDouble NO_MARK = OptionalDouble.empty();

    /** Under {@link Digest#WITH_NEXT}, a completed pass has told the tally that was closed before it. */
    private CompletionStage<Boolean> tellWith(Claim claim, Outcome outcome) {
        Out out = outcome.state().out();
        if (out == null
                || out.number() > claim.fence()
                || !(outcome.answer() instanceof Answer.Ok)
                || rule(claim.key()).digest() != Digest.WITH_NEXT) {
            return CompletableFuture.completedStage(false);
        }
        return apply(claim.key(), new Event.Told(out.number())).thenApply(done -> true);
    }

    /** The same for a pass without a claim: it is decided and done, so it has told what it says. */
    private CompletionStage<Decision> tellNow(Decision decision) {
        Optional<Out> out = decision.facts().heldBefore();
        if (out.isEmpty() || !decision.passes() || decision.claim().isPresent()) {
            return CompletableFuture.completedStage(decision);
        }
        return apply(decision.facts().key(), new Event.Told(out.get().number())).thenApply(told -> decision);
    }

    private static Settlement settlement(Outcome outcome) {
        return outcome.answer() instanceof Answer.Ok ? Settlement.OK : Settlement.STALE;
    }

    private Rule rule(Key key) {
        return flows.require(key);
    }

    /** Collects flows. Not safe for use by several threads. */
    public static final class Builder {
        private static final Duration DEFAULT_TICK = Duration.ofMillis(250);

        private final Store store;
        private final Map<String, Rule> rules = new HashMap<>();
        private final Map<String, Budget> budgets = new HashMap<>();
        private final Map<String, List<Budget>> charges = new HashMap<>();
        private final Set<String> shadows = new HashSet<>();
        private RandomGenerator random = new java.security.SecureRandom();
        private Optional<DigestHandler> handler = Optional.empty();
        private Optional<Duration> tick = Optional.of(DEFAULT_TICK);
        private InstantSource ticks = SystemTime.passing();

        private Builder(Store store) {
            this.store = store;
        }

        /** Adds a flow. */
        public Builder flow(String flow, Rule rule) {
            return flow(flow, "", rule);
        }

        /**
         * Adds a variant of a flow, with an allowance of its own.
         *
         * @throws IllegalArgumentException if the flow has the name that belongs to budgets
         */
        public Builder flow(String flow, String variant, Rule rule) {
            if (flow.equals(Budget.FLOW)) {
                throw new IllegalArgumentException("the name '" + flow + "' belongs to budgets; choose another one");
            }
            rules.put(Flows.name(flow, variant), rule);
            return this;
        }

        /** Adds a flow for a {@link LevelWatch}: each zone that is not safe is a variant, under the same rule. */
        public Builder flow(String flow, Zones zones, Rule rule) {
            zones.bad().forEach(zone -> flow(flow, zone.name(), rule));
            return this;
        }

        /**
         * Charges every pass and every digest of a flow, all its variants, to these budgets in this order. What they
         * refuse is held by their keys, and the digest handler is told of it under those. A budget whose key finds no
         * room in a full store refuses, and its overflow key holds: it never passes more than it allows.
         *
         * @throws IllegalArgumentException if a budget counts recipients or channels, which a gate does not know, or has
         *     the name of another one
         */
        public Builder budgets(String flow, Budget... charged) {
            for (Budget budget : charged) {
                if (budget.per() == Per.RECIPIENT || budget.per() == Per.CHANNEL) {
                    throw new IllegalArgumentException("the budget '" + budget.name() + "' is per "
                            + budget.per().word() + ", and a gate does not know where its callers send; count flows"
                            + " or everything");
                }
                if (!budgets.computeIfAbsent(budget.name(), absent -> budget).equals(budget)) {
                    throw new IllegalArgumentException("there are two budgets '" + budget.name() + "'");
                }
            }
            charges.put(flow, List.of(charged));
            return this;
        }

        /**
         * Switches limiting off for a flow: what its rules would hold passes without a claim, with the reason
         * {@link Reason#SHADOW}, and no digest tells it. Its budgets still hold. Not for an exclusive rule: it would let
         * two in at once.
         */
        public Builder shadow(String flow) {
            shadows.add(flow);
            return this;
        }

        /** The rules that hold, those of budgets among them. */
        private Map<String, Rule> rules() {
            Map<String, Rule> all = new HashMap<>(rules);
            all.replaceAll((name, rule) -> shadows.contains(Flows.flow(name)) ? rule.untold() : rule);
            budgets.forEach((name, budget) -> all.put(Flows.name(Budget.FLOW, name), budget.rule()));
            all.put(Budget.FLOW, Turns.RULE);
            return all;
        }

        /** Who tells closed tallies; needed if a rule has {@link Digest#AT_CLOSE}. */
        public Builder onDigest(DigestHandler who) {
            handler = Optional.of(who);
            return this;
        }

        /** Where nonces and ids come from; the default is a {@link java.security.SecureRandom}. */
        public Builder random(RandomGenerator source) {
            random = source;
            return this;
        }

        /** No thread of its own: the caller calls {@link Gate#tick}. For tests, and for those who own a timer. */
        public Builder manualTimer() {
            tick = Optional.empty();
            return this;
        }

        /** The clock that says for how long something lasted, in place of the one of the machine. */
        Builder ticks(InstantSource passing) {
            ticks = passing;
            return this;
        }

        /**
         * The gate.
         *
         * @throws IllegalStateException if a rule would tell a digest and nobody was named to tell it, or a flow in
         *     shadow has an exclusive rule
         */
        public Gate build() {
            rules().forEach((name, rule) -> {
                if (rule.exclusive() && shadows.contains(Flows.flow(name))) {
                    throw new IllegalStateException(
                            "the rule of '" + name + "' is exclusive, and shadow would let two in at once");
                }
                if (rule.digest() == Digest.AT_CLOSE && handler.isEmpty()) {
                    throw new IllegalStateException("flow '" + name + "' tells a digest when its window closes, and"
                            + " nobody is there to tell it: call onDigest, or set the digest to WITH_NEXT or OFF");
                }
            });
            return new Gate(this);
        }
    }
}
