package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jobs.JobDatabase;
import dev.sluice.jobs.Jobs;
import dev.sluice.jobs.Run;
import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.ServerConfig;
import dev.sluice.server.job.Callback;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.SqliteSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One random history of accounts, of two nodes that act and one of them that reads and tells, and of a broker that
 * remembers the highest fence. Nodes die, and stand still in the middle of a step while the others go on.
 */
final class AccountHistory implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final String FLOW = "margin-call";
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int EVENTS = 60;
    private static final double ACT = 50;
    private static final double STOP = 100;

    private final String seed;
    private final Random random;
    private final ServerConfig config;
    private final boolean rearms;
    private final SqlStore store;
    private final JobDatabase database;
    private final List<SimulatedAccount> accounts;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Outbox> outboxes = new ArrayList<>();
    private final Map<String, Broker> brokers = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final Counts counts = new Counts();
    private Instant now = START;
    private boolean calm;
    private boolean nested;

    /** What happened, of all that may. */
    static final class Counts {
        int told;
        int steps;
        int closed;
        int refused;
        int restarts;
        int unknown;

        void add(Counts other) {
            told += other.told;
            steps += other.steps;
            closed += other.closed;
            refused += other.refused;
            restarts += other.restarts;
            unknown += other.unknown;
        }

        @Override
        public String toString() {
            return told + " told, " + steps + " steps, " + closed + " orders closed, " + refused
                    + " late closings refused, " + restarts + " nodes died, " + unknown + " levels not known";
        }
    }

    /** What ends a node in the middle of a step. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    /** What is found in a handler or a channel is kept: thrown there, it would be one more failure that is tried again. */
    private void holds(boolean promise, String what, String otherwise) {
        if (!promise) {
            wrong.add(what + ": " + otherwise);
        }
    }

    /** The broker of an account: the highest fence it has seen, and who is in the middle of a step. */
    private static final class Broker {
        private long highest;
        private long begun;
        private final Map<Long, Instant> inTheMiddle = new HashMap<>();
    }

    AccountHistory(long seed, Path home, ServerConfig config, boolean rearms) {
        this.seed = "seed " + seed;
        this.random = new Random(seed);
        this.config = config;
        this.rearms = rearms;
        SqliteSettings settings = SqliteSettings.STANDARD.with(SqliteSettings.Durability.PROCESS);
        store = SqlStore.sqlite(home.resolve("sluice.db"), settings, () -> now);
        database = JobDatabase.sqlite(home.resolve("jobs.db"), settings);
        accounts = IntStream.range(0, 3)
                .mapToObj(id -> new SimulatedAccount("live:" + id, random))
                .toList();
        open();
        nodes.add(new Node());
        nodes.add(new Node());
    }

    Counts counts() {
        return counts;
    }

    private Outbox outbox() {
        return outboxes.get(outboxes.size() - 1);
    }

    /** What reads and tells is one at a time; when it dies, the next one begins with what is in the database. */
    private void open() {
        outboxes.add(new Outbox(
                store,
                config.flows().values().stream().map(FlowConfig::plan).toList(),
                Map.of("desk", this::deliver),
                new Outbox.Settings(Duration.ofSeconds(30), 1, Duration.ZERO, Duration.ofDays(30)),
                random));
    }

    void play() throws IOException {
        for (int event = 0; event < EVENTS; event++) {
            happen();
            assertThat(wrong).isEmpty();
        }
        comeToRest();
        assertThat(wrong).isEmpty();
    }

    private SimulatedAccount any() {
        return accounts.get(random.nextInt(accounts.size()));
    }

    private void happen() throws IOException {
        switch (random.nextInt(10)) {
            case 0 -> die(random.nextInt(nodes.size()));
            case 1 -> pass(random.nextInt(4) == 0 ? WINDOW : Duration.ofSeconds(30));
            case 2, 3 -> pass(Duration.ofMillis(random.nextInt(5_000)));
            case 4 -> any().trade();
            default -> {
                SimulatedAccount account = any();
                account.move();
                report(account);
            }
        }
    }

    private void die(int which) {
        nodes.set(which, new Node());
        counts.restarts++;
        if (which == 0) {
            open();
            nodes.forEach(Node::listen);
        }
    }

    /** The channel announced the account, and a node that reads has its values. */
    private void report(SimulatedAccount account) {
        Levels levels = nodes.get(random.nextInt(nodes.size())).levels;
        if (account.isUnknown()) {
            counts.unknown++;
        }
        Map<String, String> values;
        try {
            values = account.values(now);
        } catch (IOException e) {
            levels.unreadable(FLOW, account.subject(), e.toString())
                    .toCompletableFuture()
                    .join();
            return;
        }
        List.of("act", "alert").forEach(zone -> told(zone, account.subject()).seen(account));
        levels.report(FLOW, new LevelReport(account.subject(), values, List.of(), Optional.empty()))
                .toCompletableFuture()
                .join();
    }

    private Told told(String zone, String subject) {
        return told.computeIfAbsent(zone + " of " + subject, name -> new Told(zone, name));
    }

    /** Time passes, and whoever lives looks what is due. */
    private void pass(Duration length) {
        Duration slice = length.compareTo(LEASE.multipliedBy(2)) > 0 ? length.dividedBy(15) : SECOND;
        Instant end = now.plus(length);
        while (now.isBefore(end)) {
            Instant next = now.plus(slice);
            now = next.isAfter(end) ? end : next;
            List.copyOf(nodes).forEach(Node::tick);
            outbox().tick();
            told.values().forEach(Told::owesNothing);
        }
    }

    private Receipt deliver(Outgoing outgoing) {
        if (!calm && random.nextInt(5) < 2) {
            return random.nextBoolean() ? new Receipt.Refused("451 later", false) : new Receipt.Unreachable("nobody");
        }
        counts.told++;
        told(outgoing.message().key().variant(), outgoing.message().key().subject())
                .delivered(outgoing.message().window().decidedAt());
        return new Receipt.Accepted("");
    }

    /** What one zone of one account must do: written from the promise, not from the engine. */
    private final class Told {
        private final double boundary;
        private final String name;
        private Instant mutedUntil = Instant.MIN;
        private Instant armed = START;
        private Optional<Instant> owedSince = Optional.empty();

        Told(String zone, String name) {
            this.boundary = zone.equals("act") ? ACT : STOP;
            this.name = name;
        }

        private boolean isIn(double level) {
            return level < boundary && (boundary == ACT || level >= ACT);
        }

        void seen(SimulatedAccount account) {
            boolean over = account.isFlat()
                    || (account.known().isPresent() && account.known().getAsDouble() >= boundary);
            if (over) {
                owedSince = Optional.empty();
                if (rearms) {
                    armed = now;
                    mutedUntil = Instant.MIN;
                }
            } else if (account.known().isPresent()
                    && isIn(account.known().getAsDouble())
                    && !now.isBefore(mutedUntil)
                    && owedSince.isEmpty()) {
                owedSince = Optional.of(now);
            }
        }

        void delivered(Instant decided) {
            boolean may = decided.isBefore(armed) || !now.isBefore(mutedUntil);
            holds(may, seed + ": " + name + " is told at " + now, "in a window until " + mutedUntil);
            if (!decided.isBefore(armed)) {
                mutedUntil = now.plus(WINDOW);
                owedSince = Optional.empty();
            }
        }

        void owesNothing() {
            boolean tooLong = owedSince
                    .filter(since -> Duration.between(since, now).compareTo(WINDOW) > 0)
                    .isPresent();
            holds(!tooLong, seed + ": " + name, "is not told since " + owedSince);
        }
    }

    /** A process that acts, and may read. */
    private final class Node {
        private final Actions actions;
        private final Jobs jobs;
        private Levels levels;
        private boolean busy;

        Node() {
            actions = new Actions(
                    config.flows(),
                    config.actions(),
                    (flow, subject) -> Optional.of(account(subject).values(now)),
                    store,
                    () -> now,
                    Runnable::run,
                    (name, action) -> (run, data, level) -> step(this, run, data, level));
            levels = new Levels(config.flows(), outbox(), outbox()::accept, actions, () -> now);
            Jobs.Builder builder = Jobs.over(store, database)
                    .name("node " + counts.restarts + "-" + nodes.size())
                    .manual(pause -> now = now.plus(pause));
            actions.kinds().forEach(builder::kind);
            jobs = builder.start();
            actions.over(jobs);
        }

        void listen() {
            levels = new Levels(config.flows(), outbox(), outbox()::accept, actions, () -> now);
        }

        void tick() {
            if (!busy) {
                busy = true;
                try {
                    jobs.tick();
                } finally {
                    busy = false;
                }
            }
        }
    }

    private SimulatedAccount account(String subject) {
        return accounts.stream()
                .filter(each -> each.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    /** A step as the broker sees it: it looks which order is the worst, takes its time, and closes that one. */
    private boolean step(Node node, Run run, ActionData data, double level) throws Callback.FailedException {
        SimulatedAccount account = account(run.subject());
        Broker broker = brokers.computeIfAbsent(run.subject(), subject -> new Broker());
        String at = seed + ": step " + run.step() + " of " + run.subject() + " with fence " + run.fence() + " at " + now
                + " by " + data.values();
        holds(account.known().equals(OptionalDouble.of(level)), at, "by what its hash does not say");
        holds(level < (run.step() == 1 ? ACT : STOP), at, "by a level that asks for none");
        holds(run.fence() >= broker.begun, at, "by one who lost its claim");
        broker.inTheMiddle.forEach((fence, since) -> holds(
                Duration.between(since, now).compareTo(LEASE) >= 0, at, "while one with fence " + fence + " acts"));
        broker.begun = run.fence();
        broker.inTheMiddle.put(run.fence(), now);
        counts.steps++;
        try {
            int order = account.worst().orElseThrow();
            int fate = calm ? Integer.MAX_VALUE : random.nextInt(12);
            if (fate == 0) {
                throw new Callback.FailedException("the broker does not answer");
            } else if (fate <= 2 && !nested) {
                standStill(node, fate == 1);
            }
            close(account, broker, order, run.fence(), at);
            if (fate == 3) {
                throw new Callback.FailedException("its answer is lost");
            }
            return account.hasOrders();
        } finally {
            broker.inTheMiddle.remove(run.fence());
        }
    }

    /** The world goes on without the node, for longer than its lease. */
    private void standStill(Node node, boolean forEver) {
        nested = true;
        pass(LEASE.multipliedBy(2));
        nested = false;
        if (forEver && nodes.contains(node)) {
            die(nodes.indexOf(node));
            throw new Death();
        }
    }

    private void close(SimulatedAccount account, Broker broker, int order, long fence, String at)
            throws Callback.FailedException {
        if (fence < broker.highest) {
            counts.refused++;
            throw new Callback.FailedException("a higher fence was here");
        }
        broker.highest = fence;
        holds(account.close(order), at, "closes order " + order + " again");
        counts.closed++;
    }

    /** Nothing fails any more: then everybody is told, and everybody's positions are closed until they are well. */
    private void comeToRest() {
        calm = true;
        SimulatedAccount bad = accounts.get(0);
        bad.trade();
        bad.calm(40);
        accounts.stream().skip(1).forEach(account -> account.calm(80));
        for (int round = 0; round < 40; round++) {
            accounts.forEach(this::report);
            pass(SECOND);
        }
        assertThat(bad.isFlat() || bad.known().orElseThrow() >= STOP)
                .as(seed + ": it is closed until it is well")
                .isTrue();
        pass(WINDOW.multipliedBy(2));
        assertThat(outbox().audit()).as(seed).isEmpty();
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.jobs.close());
        outboxes.forEach(outbox -> outbox.stop(Duration.ZERO));
        database.close();
        store.close();
    }
}
