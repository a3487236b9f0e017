package dev.sluice;

import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Turns levels into messages, actions and resets: each zone is a variant of the flow, so a worse zone is never held by the
 * milder one, and all that is remembered is in the keys of the gate. One per flow; safe for use by many threads.
 *
 * <pre>{@code
 * Zones zones = Zones.below().zone("act", 50).zone("alert", 100).build();
 * try (Gate gate = Gate.over(store)
 *                 .flow("margin-call", zones, Rule.allow("once per 3h").build())
 *                 .flow("liquidation", Rule.allow("exclusive").build())
 *                 .build();
 *         LevelWatch watch = LevelWatch.over(gate, "margin-call", zones)
 *                 .tell("alert", call -> mail(call.subject() + " is below 100 %"))
 *                 .act("act", Boundary.at(100), "liquidation", this::margin, act -> closeWorst(act.subject()))
 *                 .build()) {
 *     watch.check("live:42", margin("live:42"));
 * }
 * }</pre>
 */
public final class LevelWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LevelWatch.class.getName());

    private final Gate gate;
    private final String flow;
    private final Zones zones;
    private final Map<String, Teller> tellers;
    private final Map<String, ActionLane> lanes;
    private final UnknownRows unknown;
    private final Optional<ThreadPoolExecutor> threads;
    private final Set<String> rearming = new HashSet<>();

    /** Tells somebody that a subject is in a zone. */
    @FunctionalInterface
    public interface Teller {
        /**
         * Tells it, in the thread that checks. Its return is the proof that somebody was told.
         *
         * @throws Exception if nobody was: the key rests as its rule says, and the first check after that tries again
         */
        void tell(Occurrence occurrence) throws Exception;
    }

    /** Reads how a subject stands now. */
    @FunctionalInterface
    public interface Levels {
        /**
         * The level, with the numbers that boundaries need. Unknown if it is not fresh.
         *
         * @throws Exception if it cannot be read: it is unknown then
         */
        Level read(String subject) throws Exception;
    }

    /** Takes one step of what is done about a bad level. */
    @FunctionalInterface
    public interface ActionStep {
        /**
         * Takes the next step.
         *
         * @return whether there is more to do; the next step comes if the level then still needs it
         * @throws Exception if it failed: the run ends, and the first check after the back-off begins another one
         */
        boolean take(Act act) throws Exception;
    }

    /** Hears that the level of a subject was unknown several times in a row. */
    @FunctionalInterface
    public interface Notice {
        /** Told once in a row, in the thread that checks. */
        void unknown(String subject, Verdict.Unknown why);
    }

    /**
     * A subject in a zone, to be told.
     *
     * @param level by which it is in the zone
     * @param decision that let it out, with what was held before
     */
    public record Occurrence(String subject, String zone, Level.Known level, Decision decision) {}

    /**
     * A step to be taken.
     *
     * @param level as it was read for this step
     * @param holding the claim under which it is taken; it was asked for this step, and its fence is for the receiver
     */
    public record Act(String subject, Level.Known level, Holding holding) {}

    /**
     * What a check found and did.
     *
     * @param zone where the subject is; {@code unknown} if that cannot be said, the safe one in a gap
     * @param decision whether this was to be told; empty if there was nothing to tell
     * @param failure why it could not be told although it was to be
     */
    public record Reading(String zone, Verdict verdict, Optional<Decision> decision, Optional<Exception> failure) {
        /** What the zone of an unknown level is called. */
        public static final String UNKNOWN = "unknown";
    }

    private LevelWatch(Builder from) {
        gate = from.gate;
        flow = from.flow;
        zones = from.zones;
        tellers = Map.copyOf(from.tellers);
        unknown = new UnknownRows(from.noticeAt, from.notice);
        threads = from.lane.isPresent() || from.acting.isEmpty()
                ? Optional.empty()
                : Optional.of(ActionLane.threads(flow));
        Map<String, ActionLane> acting = new HashMap<>();
        from.acting.forEach((zone, what) -> acting.put(
                zone,
                new ActionLane(gate, what, zones.until(zone, what.stop()), from.lane.orElseGet(threads::orElseThrow))));
        lanes = Map.copyOf(acting);
        tellers.keySet().stream()
                .filter(zone -> !(gate.flows().require(key(zone, "any")).onReset() instanceof OnReset.Ignore))
                .forEach(rearming::add);
    }

    /** Begins a watch of {@code flow}, of which each zone that is told must be a variant in the gate. */
    public static Builder over(Gate gate, String flow, Zones zones) {
        return new Builder(gate, flow, zones);
    }

    /**
     * Judges a level and does what follows: begins the action of its zone in a thread of the lane, ends the zones that are
     * over, and tells, in this thread, if the rule of the zone lets it. Nothing follows from an unknown level.
     *
     * @throws StoreException if the store cannot answer; what was not done is done by the next check
     */
    public Reading check(String subject, Level level) {
        Verdict verdict = zones.judge(level);
        if (verdict instanceof Verdict.Unknown why) {
            unknown.unknown(subject, why);
            return new Reading(Reading.UNKNOWN, verdict, Optional.empty(), Optional.empty());
        }
        unknown.known(subject);
        if (verdict instanceof Verdict.In in && lanes.containsKey(in.zone())) {
            lanes.get(in.zone()).start(subject);
        }
        List<CompletionStage<Outcome>> resets = new ArrayList<>(0);
        for (Verdict.Reset reset : verdict.resets()) {
            if (rearming.contains(reset.zone())) {
                resets.add(gate.resetAsync(key(reset.zone(), subject), reset.level()));
            }
        }
        Reading reading = verdict instanceof Verdict.In in && level instanceof Level.Known known
                ? tell(subject, in, known)
                : new Reading(zones.safe(), verdict, Optional.empty(), Optional.empty());
        resets.forEach(Gate::await);
        return reading;
    }

    private Reading tell(String subject, Verdict.In in, Level.Known level) {
        Teller teller = tellers.get(in.zone());
        if (teller == null) {
            return new Reading(in.zone(), in, Optional.empty(), Optional.empty());
        }
        Key key = key(in.zone(), subject);
        Decision decision = gate.offer(key, in.mark());
        try {
            gate.run(decision, () -> teller.tell(new Occurrence(subject, in.zone(), level, decision)));
            return new Reading(in.zone(), in, Optional.of(decision), Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return untold(key, in, decision, e);
        } catch (Exception e) {
            return untold(key, in, decision, e);
        }
    }

    private static Reading untold(Key key, Verdict.In in, Decision decision, Exception why) {
        LOG.log(
                Logger.Level.WARNING,
                key + " could not be told, and is tried again at the first check after its back-off",
                why);
        return new Reading(in.zone(), in, Optional.of(decision), Optional.of(why));
    }

    private Key key(String zone, String subject) {
        return Key.of(flow, zone, subject);
    }

    /** How many levels were unknown since the start. */
    public long unknowns() {
        return unknown.count();
    }

    /** Begins no further action and no further step, and waits for the steps under way. The gate stays open. */
    @Override
    public void close() {
        lanes.values().forEach(ActionLane::close);
        threads.ifPresent(ActionLane::end);
    }

    /** Collects what a watch tells and does. Not safe for use by several threads. */
    public static final class Builder {
        private static final int DEFAULT_NOTICE_AT = 3;

        private final Gate gate;
        private final String flow;
        private final Zones zones;
        private final Map<String, Teller> tellers = new TreeMap<>();
        private final Map<String, ActionLane.Acting> acting = new TreeMap<>();
        private int noticeAt = DEFAULT_NOTICE_AT;
        private Notice notice = (subject, why) -> {};
        private Optional<Executor> lane = Optional.empty();

        private Builder(Gate gate, String flow, Zones zones) {
            this.gate = gate;
            this.flow = flow;
            this.zones = zones;
        }

        /** Who tells that a subject is in {@code zone}, as often as the rule of the zone lets it. */
        public Builder tell(String zone, Teller teller) {
            tellers.put(zone, teller);
            return this;
        }

        /**
         * What is done about a subject in {@code zone}: step by step, by one holder at a time in all processes, in threads
         * of its own, until its level is at {@code stop} or beyond. It begins only in the zone, and no step is taken by a
         * level that is not known.
         *
         * @param stop at the recovery of the zone, or anywhere else that is not in the zone
         * @param flow with an exclusive rule; its lease is how long a crash keeps others from going on
         */
        public Builder act(String zone, Boundary stop, String flow, Levels levels, ActionStep step) {
            acting.put(zone, new ActionLane.Acting(stop, flow, levels, step));
            return this;
        }

        /** Who hears of a subject whose level was unknown {@code inARow} times, 3 unless said otherwise. */
        public Builder onUnknown(int inARow, Notice who) {
            noticeAt = inARow;
            notice = who;
            return this;
        }

        /** Where actions run, if not in up to 16 threads of the watch. It must never run anything that may hang. */
        public Builder lane(Executor threads) {
            lane = Optional.of(threads);
            return this;
        }

        /**
         * The watch.
         *
         * @throws IllegalStateException if it does not fit the gate or its zones, with all that does not
         */
        public LevelWatch build() {
            List<String> faults = new ArrayList<>();
            tellers.keySet().forEach(zone -> {
                if (zones.zone(zone).isEmpty()) {
                    faults.add("there is no zone '" + zone + "' to tell");
                } else if (gate.flows().rule(Key.of(flow, zone, "any")).isEmpty()) {
                    faults.add("the gate has no flow '" + Flows.name(flow, zone) + "'; add the zones to its builder");
                }
            });
            acting.forEach((zone, what) -> fault(zone, what).ifPresent(faults::add));
            if (!faults.isEmpty()) {
                throw new IllegalStateException("the watch of '" + flow + "' cannot be: " + String.join("; ", faults));
            }
            return new LevelWatch(this);
        }

        private Optional<String> fault(String zone, ActionLane.Acting what) {
            Optional<Rule> rule = gate.flows().rule(Key.of(what.flow(), "any"));
            if (rule.isEmpty()) {
                return Optional.of("the gate has no flow '" + what.flow() + "' to act under");
            } else if (!rule.get().exclusive()) {
                return Optional.of("the rule of '" + what.flow() + "' must be exclusive, and is " + rule.get());
            }
            try {
                zones.until(zone, what.stop());
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
    }
}
