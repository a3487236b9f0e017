package dev.sluice.server.watch;

import dev.sluice.Answer;
import dev.sluice.Claim;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Level;
import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.Settlement;
import dev.sluice.Store;
import dev.sluice.Verdict;
import dev.sluice.jobs.ByHand;
import dev.sluice.jobs.JobHandler;
import dev.sluice.jobs.JobKind;
import dev.sluice.jobs.Jobs;
import dev.sluice.jobs.Retries;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.StepResult;
import dev.sluice.server.config.ActionConfig;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.WatchConfig;
import dev.sluice.server.job.Callback;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What zones ask to be done. Each action is a kind of job with a lane of its own: it waits for no message, one holder at
 * a time acts on a subject, and before each step the level is read again. Safe for use by many threads.
 */
public final class Actions implements Acting {
    private static final Logger LOG = System.getLogger(Actions.class.getName());
    private static final int MOST_BEGINNING = 10_000;
    private static final Duration GIVE_UP = Duration.ofDays(7);

    private final Map<String, FlowConfig> flows;
    private final Map<String, ActionConfig> configs;
    private final CurrentValues current;
    private final Store keys;
    private final InstantSource clock;

    private final Executor beginning;
    private final Stepping stepping;

    private Optional<Jobs> jobs = Optional.empty();

    /** Reads the values of a subject again. */
    @FunctionalInterface
    interface CurrentValues {
        /**
         * As they are now; empty if the flow has nowhere to read them from.
         *
         * @throws Exception if they cannot be read
         */
        Optional<Map<String, String>> of(String flow, String subject) throws Exception;
    }

    /** Does the steps of an action. */
    @FunctionalInterface
    interface Stepping {
        /** What does those of the action of this name. */
        Step of(String action, ActionConfig config);

        /** One step. */
        @FunctionalInterface
        interface Step {
            /**
             * Does it.
             *
             * @param data what the values are now
             * @param level as it is now
             * @return whether a further one is wanted
             * @throws Callback.FailedException if it was not done, or nobody knows
             */
            boolean step(Run run, ActionData data, double level) throws Callback.FailedException, InterruptedException;
        }
    }

    /**
     * @param current what the values of a subject are before a step
     * @param keys where claims are
     * @param beginning where jobs are begun: who asks must not wait for their database
     * @param stepping does the steps
     */
    Actions(
            Map<String, FlowConfig> flows,
            Map<String, ActionConfig> configs,
            CurrentValues current,
            Store keys,
            InstantSource clock,
            Executor beginning,
            Stepping stepping) {
        this.keys = keys;
        this.flows = Map.copyOf(flows);
        this.configs = Map.copyOf(configs);
        this.current = current;
        this.clock = clock;
        this.beginning = beginning;
        this.stepping = stepping;
    }

    /** One thread, in which actions begin; with bounded room for those that wait. */
    static ExecutorService thread() {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_BEGINNING), run -> {
            Thread thread = new Thread(run, "sluice-actions-begin");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The kinds of job that actions are. */
    List<JobKind> kinds() {
        return configs.entrySet().stream()
                .map(each -> new JobKind(
                        each.getKey(),
                        each.getValue().pace().lease(),
                        new Retries(
                                each.getValue().retry().rests(),
                                each.getValue().retry().attempts(),
                                GIVE_UP),
                        handler(each.getKey(), each.getValue())))
                .toList();
    }

    /** Whether a claim is one of an action. */
    public boolean isOf(Claim claim) {
        return configs.containsKey(claim.key().flow());
    }

    /** Whoever acts needs the claim of an action for so long from now; {@code STALE}: it must not act any more. */
    public CompletionStage<Settlement> extend(Claim claim, Duration length) {
        ActionConfig config = configs.get(claim.key().flow());
        if (config == null) {
            throw new IllegalArgumentException(
                    "there is no action '" + claim.key().flow() + "'");
        }
        Rule rule =
                Rule.allow("exclusive").lease(config.pace().lease()).noBackoff().build();
        Event event = new Event.Extend(claim.fence(), claim.nonce(), keys.now() + Micros.of(length));
        return keys.apply(new Command(claim.key(), rule, event))
                .thenApply(outcome -> outcome.answer() instanceof Answer.Ok ? Settlement.OK : Settlement.STALE);
    }

    /**
     * Actions that run, wait or are dead, by their names; of each those that run or are due first.
     *
     * @param limit most of each
     */
    public List<ActionStatus> list(int limit) {
        return jobs.stream()
                .flatMap(engine ->
                        configs.keySet().stream().sorted().flatMap(action -> engine.list(action, limit).stream()))
                // What a row keeps that nobody can read is in the log, as dead.
                .filter(job -> !job.data().isEmpty())
                .map(ActionStatus::of)
                .toList();
    }

    /** How an action for a subject stands; empty if there is none. */
    public Optional<ActionStatus> find(String action, String subject) {
        return configs.containsKey(action)
                ? jobs.flatMap(engine -> engine.status(action, subject)).map(ActionStatus::of)
                : Optional.empty();
    }

    /** What an operator can do about an action. */
    public enum Order {
        /** It waits, or is dead: it is tried now. */
        TRY_NOW("tried again now"),
        /** It waits: it is dead from now on. */
        GIVE_UP("given up");

        private final String words;

        Order(String words) {
            this.words = words;
        }

        /** What was done, for people. */
        public String words() {
            return words;
        }
    }

    /**
     * Does what an operator asks for.
     *
     * @param by who, for the reason that stays with a dead one
     */
    public ByHand order(Order order, String action, String subject, String by) {
        if (!configs.containsKey(action) || jobs.isEmpty()) {
            return ByHand.ABSENT;
        }
        return order == Order.TRY_NOW
                ? jobs.get().tryNow(action, subject)
                : jobs.get().giveUp(action, subject, "given up by " + by);
    }

    /** What runs them. */
    void over(Jobs engine) {
        jobs = Optional.of(engine);
    }

    @Override
    public void begin(String flow, String zone, WatchConfig.ActIn act, LevelReport report) {
        ActionData data = new ActionData(flow, zone, report.values());
        try {
            beginning.execute(() -> trigger(act.action(), report.subject(), data));
        } catch (RejectedExecutionException e) {
            LOG.log(
                    Logger.Level.WARNING,
                    "The action {0} for {1} cannot begin now; its next level begins it",
                    act.action(),
                    report.subject());
        }
    }

    private void trigger(String action, String subject, ActionData data) {
        try {
            jobs.ifPresent(engine -> engine.trigger(action, subject, data.text()));
        } catch (RuntimeException e) {
            LOG.log(
                    Logger.Level.ERROR,
                    "The action " + action + " for " + subject + " could not begin; its next level begins it",
                    e);
        }
    }

    private JobHandler handler(String action, ActionConfig config) {
        Stepping.Step step = stepping.of(action, config);
        return run -> step(run, step, config.pace().pause());
    }

    private StepResult step(Run run, Stepping.Step post, Duration pause) throws Exception {
        ActionData data = ActionData.parse(run.data());
        WatchConfig watch = watch(data.flow());
        WatchConfig.ActIn act = Optional.ofNullable(watch.actions().get(data.zone()))
                .orElseThrow(() -> new IllegalStateException("the zone '" + data.zone() + "' acts no longer"));
        Optional<Map<String, String>> now = current.of(data.flow(), run.subject());
        LevelReader.Reading reading = new LevelReader(watch).read(now.orElse(data.values()), clock.instant());
        if (reading instanceof LevelReader.Reading.Flat) {
            return StepResult.done();
        }
        Level level = ((LevelReader.Reading.Of) reading).level();
        Verdict verdict = watch.zones().until(data.zone(), act.stop()).judge(level);
        if (verdict instanceof Verdict.Unknown unknown) {
            throw new Callback.FailedException(
                    "nothing is done by what is not known: " + unknown.cause().word() + ", " + unknown.detail());
        } else if (verdict instanceof Verdict.Safe || (verdict instanceof Verdict.Gap && run.step() == 1)) {
            return StepResult.done();
        } else if (!run.isHeld()) {
            throw new Callback.FailedException("the claim was lost before the step");
        }
        ActionData sent = now.map(values -> new ActionData(data.flow(), data.zone(), values))
                .orElse(data);
        boolean more = post.step(run, sent, ((Level.Known) level).value());
        // Without a source the next level that comes in is the next that is known.
        return more && now.isPresent() ? StepResult.again(pause) : StepResult.done();
    }

    private WatchConfig watch(String flow) {
        return Optional.ofNullable(flows.get(flow))
                .flatMap(known -> known.levels().watch())
                .orElseThrow(() -> new IllegalStateException("the flow '" + flow + "' watches no levels any more"));
    }
}
