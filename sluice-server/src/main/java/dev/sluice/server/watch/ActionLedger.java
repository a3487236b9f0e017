package dev.sluice.server.watch;

import dev.sluice.Key;
import dev.sluice.jobs.JobEvent;
import dev.sluice.outbox.Outbox;
import java.lang.System.Logger;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** Writes down what actions do, and remembers those that died until the operator was told. Safe for use by many threads. */
public final class ActionLedger {
    private static final Logger LOG = System.getLogger(ActionLedger.class.getName());
    private static final int MOST_TO_TELL = 1_000;

    private final Outbox outbox;
    private final Queue<JobEvent.Died> died = new ArrayDeque<>();

    ActionLedger(Outbox outbox) {
        this.outbox = outbox;
    }

    void happened(JobEvent event) {
        if (event.attempt().kind().equals(Reader.KIND)) {
            return;
        }
        if (event instanceof JobEvent.Died dead) {
            LOG.log(
                    Logger.Level.ERROR,
                    "The action {0} for {1} is dead: {2}",
                    dead.attempt().kind(),
                    dead.attempt().subject(),
                    dead.reason());
            remember(dead);
        }
        ActionData data = ActionData.parse(event.attempt().data());
        Key key = Key.of(data.flow(), data.zone(), event.attempt().subject());
        outbox.note(
                        key,
                        "action " + event.attempt().kind() + ", attempt "
                                + event.attempt().number() + ": " + text(event) + "; began with " + data.values())
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.log(
                                Logger.Level.WARNING,
                                "What an action did could not be written down: {0}",
                                failure.getMessage());
                    }
                });
    }

    private static String text(JobEvent event) {
        if (event instanceof JobEvent.Started started) {
            return "begins with fence " + started.fence();
        } else if (event instanceof JobEvent.Stepped stepped) {
            return "step " + stepped.step() + " done with fence " + stepped.fence();
        } else if (event instanceof JobEvent.Done done) {
            return "done after " + done.steps() + " steps with fence " + done.fence();
        } else if (event instanceof JobEvent.Failed failed) {
            return "failed (" + failed.reason() + "), tried again at " + failed.next();
        } else if (event instanceof JobEvent.Died dead) {
            return "dead: " + dead.reason();
        } else if (event instanceof JobEvent.Lost lost) {
            return "lost its claim with fence " + lost.fence();
        } else if (event instanceof JobEvent.Stopped stopped) {
            return "stopped (" + stopped.reason() + ") with fence " + stopped.fence();
        }
        return "taken over from " + ((JobEvent.TakenOver) event).holder();
    }

    private synchronized void remember(JobEvent.Died dead) {
        if (died.size() < MOST_TO_TELL) {
            died.add(dead);
        }
    }

    /** The next one that died and the operator was not told of; it stays until {@link #told}. */
    public synchronized Optional<JobEvent.Died> next() {
        return Optional.ofNullable(died.peek());
    }

    /** The next one was told. */
    public synchronized void told() {
        died.remove();
    }
}
