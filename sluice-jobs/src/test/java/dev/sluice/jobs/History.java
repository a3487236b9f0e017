package dev.sluice.jobs;

import dev.sluice.Backoff;
import dev.sluice.StoreException;
import dev.sluice.jobs.Workshop.Worker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * One random interleaving of triggers, failures, crashes and pauses with three workers. What happens while a handler is at
 * work happens inside of it: for its worker, that is a pause.
 */
final class History {
    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final Duration LONGEST_REST = Duration.ofSeconds(8);
    private static final Retries RETRIES =
            new Retries(new Backoff(Duration.ofSeconds(1), 2, LONGEST_REST), 4, Duration.ofMinutes(2));

    private static final List<String> SUBJECTS = List.of("x", "y");
    private static final List<OnConflict> CONFLICTS = List.of(
            OnConflict.REJECT,
            OnConflict.AFTER,
            OnConflict.PRE_EMPT,
            new OnConflict.Debounce(Duration.ofSeconds(2), Duration.ofSeconds(5)));
    private static final int WORKERS = 3;
    private static final int EVENTS = 40;
    private static final int DEEPEST = 3;

    private final Workshop shop;
    private final long seed;
    private final Random random;
    private final List<Worker> workers = new ArrayList<>();
    private final Map<String, Long> highestStarted = new HashMap<>();
    private final Map<String, Long> highestEffect = new HashMap<>();
    private final Map<String, Integer> owed = new HashMap<>();
    private final Map<String, Integer> begun = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final Deque<Run> atWork = new ArrayDeque<>();
    private boolean calm;
    private int effects;
    private int refused;
    private int restarts;
    private int triggers;

    History(Workshop shop, long seed) {
        this.shop = shop;
        this.seed = seed;
        this.random = new Random(seed);
    }

    int effects() {
        return effects;
    }

    int refused() {
        return refused;
    }

    int takenOver() {
        return workers.stream()
                .mapToInt(worker -> worker.heard(JobEvent.TakenOver.class).size())
                .sum();
    }

    void play() {
        for (int i = 0; i < WORKERS; i++) {
            workers.add(worker());
        }
        for (int i = 0; i < EVENTS; i++) {
            happen();
        }
        comeToRest();
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
    }

    private Worker worker() {
        Worker[] self = new Worker[1];
        self[0] = shop.worker("w" + restarts++, LEASE, RETRIES, run -> handle(self[0], run));
        return self[0];
    }

    private void happen() {
        int one = random.nextInt(WORKERS);
        switch (random.nextInt(8)) {
            case 0, 1 -> trigger(workers.get(one));
            case 2, 3, 4 -> workers.get(one).tick();
            case 5, 6 -> shop.pass(Duration.ofMillis(random.nextInt(3_000)));
            default -> {
                workers.get(one).life().die();
                workers.set(one, worker());
            }
        }
    }

    private void trigger(Worker worker) {
        if (worker.isAlive()) {
            String subject = SUBJECTS.get(random.nextInt(SUBJECTS.size()));
            OnConflict conflict = CONFLICTS.get(random.nextInt(CONFLICTS.size()));
            Triggered done = worker.trigger(
                    Trigger.of(subject).withData(String.valueOf(++triggers)).on(conflict));
            if (!(done instanceof Triggered.Already)) {
                check(
                        conflict != OnConflict.REJECT || done instanceof Triggered.Started,
                        "a trigger that rejects did " + done);
                owed.put(subject, triggers);
            }
        }
    }

    private StepResult handle(Worker worker, Run run) throws Exception {
        if (run.step() == 1) {
            begin(run);
        }
        if (calm) {
            effect(run, true);
            return StepResult.done();
        }
        for (int i = random.nextInt(3); i > 0 && atWork.size() < DEEPEST; i--) {
            meanwhile(run, this::happen);
        }
        if (random.nextInt(6) == 0 && atWork.size() < DEEPEST) {
            meanwhile(run, () -> standStill(worker));
        }
        if (!worker.isAlive()) {
            // The others may have gone on long ago; what it does now comes late.
            effect(run, false);
            throw new Mortal.Killed();
        }
        effect(run, random.nextInt(4) > 0);
        return switch (random.nextInt(6)) {
            case 0 -> throw new IOException("no route");
            case 1 -> throw worker.life().die();
            case 2, 3 -> StepResult.again(Duration.ofMillis(random.nextInt(2_000)));
            default -> StepResult.done();
        };
    }

    private void meanwhile(Run run, Runnable others) {
        atWork.push(run);
        others.run();
        atWork.pop();
    }

    /** For longer than a claim lasts, while the others work. */
    private void standStill(Worker worker) {
        for (int i = 0; i < 4; i++) {
            shop.pass(LEASE.dividedBy(3));
            List.copyOf(workers).stream()
                    .filter(other -> !other.name().equals(worker.name()))
                    .forEach(Worker::tick);
        }
    }

    private void begin(Run run) {
        begun.merge(run.subject(), Integer.parseInt(run.data()), Math::max);
        long before = highestStarted.getOrDefault(run.subject(), 0L);
        check(run.fence() > before, "fence " + run.fence() + " is not above " + before);
        highestStarted.put(run.subject(), run.fence());
        for (Run other : atWork) {
            if (other.subject().equals(run.subject())) {
                check(!isHeld(other), "two are at work for " + run.subject());
            }
        }
    }

    /** What is done outside, where the highest fence is remembered. */
    private void effect(Run run, boolean asks) {
        boolean held = isHeld(run);
        if (asks && !held) {
            return;
        }
        long highest = highestEffect.getOrDefault(run.subject(), 0L);
        if (run.fence() < highest) {
            check(!held, "a run that is held was overtaken by " + highest);
            refused++;
            return;
        }
        check(!held || run.fence() == highestStarted.getOrDefault(run.subject(), 0L), "a later run has begun");
        highestEffect.put(run.subject(), run.fence());
        effects++;
    }

    private static boolean isHeld(Run run) {
        try {
            return run.isHeld();
        } catch (StoreException killed) {
            return false;
        }
    }

    /** All look again, nothing fails any more: whatever is not dead is done when its time has come and a lease is over. */
    private void comeToRest() {
        calm = true;
        Jobs seen = worker().jobs();
        Instant longest = shop.now().plus(LEASE);
        for (String subject : SUBJECTS) {
            Instant next =
                    seen.status(Workshop.KIND, subject).flatMap(JobStatus::next).orElse(Instant.EPOCH);
            longest = next.isAfter(longest) ? next : longest;
        }
        // A follow-up begins when what is before it has ended, or has been dead for the longest rest.
        shop.work(Duration.between(Workshop.START, longest.plus(LONGEST_REST).plusMillis(1_000)));
        for (String subject : SUBJECTS) {
            Optional<JobStatus> dead = seen.status(Workshop.KIND, subject);
            int last = Math.max(
                    begun.getOrDefault(subject, 0),
                    dead.map(left -> Integer.parseInt(left.data())).orElse(0));
            check(last == owed.getOrDefault(subject, 0), "trigger " + owed.get(subject) + " is lost after " + last);
            dead.ifPresent(left -> check(left.state() == JobState.DEAD, "it is blocked: " + left));
        }
    }

    /** Thrown where it is found it would only be the failure of a job. */
    private void check(boolean holds, String otherwise) {
        if (!holds) {
            wrong.add("history " + seed + " at " + shop.elapsed() + ": " + otherwise);
        }
    }
}
