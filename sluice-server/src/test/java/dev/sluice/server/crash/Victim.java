package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Interruption;
import dev.sluice.testbed.Signal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A server that is killed and started again on the same data. One thread leads it; any may ask for its address. */
final class Victim implements AutoCloseable {
    /** How long a server may take to say that it is ready, on a machine that has other things to do. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private static final Duration REACH_PATIENCE = Duration.ofSeconds(20);
    /** How long it takes until what was held up is through. */
    static final Duration THAW = Duration.ofSeconds(1);

    /** What a server says that cannot start because a store does not answer it in time. */
    private static final String NO_ANSWER = "does not answer";

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Set<Integer> GRACEFUL = Set.of(0, 143);

    private final Launch launch;
    private final Journal journal;
    private final Report report;
    private volatile URI address = URI.create("http://127.0.0.1:1");
    private Optional<ServerProcess> server = Optional.empty();
    private Optional<Death> death = Optional.empty();

    private record Death(String cause, Interruption.Kind kind, Instant at) {}

    /** How its process is started. */
    @FunctionalInterface
    interface Launch {
        /** Starts it, with these system properties as {@code name=value}. */
        ServerProcess start(List<String> properties);
    }

    Victim(Launch launch, Journal journal, Report report) {
        this.launch = launch;
        this.journal = journal;
        this.report = report;
    }

    /** Where it listens, or listened last. */
    URI address() {
        return address;
    }

    /** Starts it if it is dead; again where its database was too busy to answer it, as whoever supervises it would. */
    ServerProcess alive() {
        Instant end = Instant.now().plus(START_PATIENCE);
        while (server.isEmpty()) {
            ServerProcess started = start(List.of());
            boolean busy = started.output().contains(NO_ANSWER) && Instant.now().isBefore(end);
            if (server.isEmpty() && !busy) {
                throw new IllegalStateException("the server did not start:\n" + started.output());
            }
        }
        return server.get();
    }

    /** Lets something happen to it. */
    void suffer(Incident incident) {
        if (incident instanceof Incident.Halt halt) {
            halt(halt);
        } else if (incident instanceof Incident.Kill kill) {
            ServerProcess target = alive();
            rest(kill.after());
            target.kill();
            died(incident.name(), Interruption.Kind.DEATH);
        } else if (incident instanceof Incident.Terminate terminate) {
            alive();
            rest(terminate.after());
            terminate();
        } else if (incident instanceof Incident.Freeze freeze) {
            freeze(freeze);
        }
        report.happened(incident.name());
    }

    /** Ends it in good order, if it is alive. */
    void terminate() {
        server.ifPresent(target -> {
            Instant asked = Instant.now();
            target.terminate();
            if (!target.ended(STOP_PATIENCE)) {
                journal.broken(
                        Promise.NEVER_STUCK,
                        "SIGTERM did not end the server within " + STOP_PATIENCE + ":\n" + target.output());
                target.kill();
            } else if (!GRACEFUL.contains(target.exitCode())) {
                journal.broken(
                        Promise.NEVER_STUCK,
                        "SIGTERM ended the server with " + target.exitCode() + ":\n" + target.output());
            }
            report.stoppedWithin(Duration.between(asked, Instant.now()));
            died("kill -TERM", Interruption.Kind.END);
        });
    }

    private void halt(Incident.Halt halt) {
        server.ifPresent(unarmed -> terminate());
        start(List.of(halt.property()));
        if (server.isPresent() && !server.get().ended(REACH_PATIENCE)) {
            journal.broken(Promise.NEVER_STUCK, "nothing came by " + halt.name() + " within " + REACH_PATIENCE);
            server.get().kill();
        }
        died(halt.name(), Interruption.Kind.DEATH);
    }

    private void freeze(Incident.Freeze freeze) {
        ServerProcess target = alive();
        rest(freeze.after());
        Instant from = Instant.now();
        Signal.STOP.to(target.pid());
        rest(freeze.length());
        Signal.CONT.to(target.pid());
        // What was being sent when it froze arrives after the thaw, when the lease of its attempt is over.
        journal.interrupted(new Interruption(
                freeze.name(), Interruption.Kind.FREEZE, from, Instant.now().plus(THAW)));
    }

    /** Starts a server, and waits until it is ready or has ended already. */
    private ServerProcess start(List<String> properties) {
        ServerProcess started = launch.start(properties);
        Optional<URI> ready = Optional.empty();
        try {
            ready = started.ready(START_PATIENCE);
        } finally {
            if (ready.isEmpty()) {
                started.kill();
            }
        }
        death.ifPresent(before ->
                journal.interrupted(new Interruption(before.cause(), before.kind(), before.at(), Instant.now())));
        death = Optional.empty();
        if (ready.isPresent()) {
            report.startedWithin(started.age());
            address = ready.get();
            server = Optional.of(started);
        }
        return started;
    }

    private void died(String cause, Interruption.Kind kind) {
        death = Optional.of(new Death(cause, kind, Instant.now()));
        server = Optional.empty();
    }

    static void rest(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        server.ifPresent(ServerProcess::close);
    }
}
